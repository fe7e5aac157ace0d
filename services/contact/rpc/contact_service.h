#pragma once

#include <grpcpp/grpcpp.h>

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/rpc/method.h"
#include "common/rpc/page_token.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/ports.h"
#include "services/contact/store/contact_reads.h"

namespace crm::contact {

// What the contact methods are made of. All outlive the service.
struct Ports {
  aggregate::Repository<Contact>& contacts;
  const ContactReads& reads;
  const PhoneNormalizer& phones;
  const base::Clock& clock;
  base::IdGenerator& ids;
  const rpc::PageTokens& tokens;
};

using ContactServiceBase = v1::ContactService::WithRawCallbackMethod_CreateContact<
    v1::ContactService::WithRawCallbackMethod_GetContact<
        v1::ContactService::WithRawCallbackMethod_BatchGetContacts<
            v1::ContactService::WithRawCallbackMethod_ListContacts<
                v1::ContactService::WithRawCallbackMethod_UpdateContact<
                    v1::ContactService::WithRawCallbackMethod_DeleteContact<
                        v1::ContactService::WithRawCallbackMethod_UndeleteContact<
                            v1::ContactService::Service>>>>>>>;

// ContactService on a repository: all waiting calls of a method are one read or one transaction.
class ContactRpc final : public ContactServiceBase {
 public:
  // `binding.error_domain` is "crm.contact.v1".
  ContactRpc(const rpc::Binding& binding, const Ports& parts);

#define CRM_CONTACT_METHOD(Name, member)                                                      \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context,                        \
                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* response) \
      override {                                                                              \
    return member.Start(context, request, response);                                          \
  }
  CRM_CONTACT_METHOD(CreateContact, create_)
  CRM_CONTACT_METHOD(GetContact, get_)
  CRM_CONTACT_METHOD(BatchGetContacts, batch_get_)
  CRM_CONTACT_METHOD(ListContacts, list_)
  CRM_CONTACT_METHOD(UpdateContact, update_)
  CRM_CONTACT_METHOD(DeleteContact, delete_)
  CRM_CONTACT_METHOD(UndeleteContact, undelete_)
#undef CRM_CONTACT_METHOD

 private:
  const Ports parts_;
  rpc::Method<v1::CreateContactRequest, v1::CreateContactResponse> create_;
  rpc::Method<v1::GetContactRequest, v1::GetContactResponse> get_;
  rpc::Method<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> batch_get_;
  rpc::Method<v1::ListContactsRequest, v1::ListContactsResponse> list_;
  rpc::Method<v1::UpdateContactRequest, v1::UpdateContactResponse> update_;
  rpc::Method<v1::DeleteContactRequest, v1::DeleteContactResponse> delete_;
  rpc::Method<v1::UndeleteContactRequest, v1::UndeleteContactResponse> undelete_;
};

}  // namespace crm::contact
