#include "services/contact/rpc/contact_service.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_handlers.h"

namespace crm::contact {
namespace {

constexpr size_t kReadBatch = 32;
constexpr size_t kWriteBatch = 64;
constexpr size_t kBatchGetBatch = 4;

rpc::MethodOptions Options(const char* method, rpc::Lane lane, size_t batch_limit) {
  return {absl::StrCat("crm.contact.v1.ContactService/", method), lane, batch_limit};
}

template <class Request>
auto Validator() {
  return [](const Request& request, rpc::Validation& problems) { Validate(request, problems); };
}

template <class Request, class Response>
auto Batch(const Ports& parts, void (*handle)(const Ports&, Calls<Request, Response>)) {
  using Handler = typename rpc::Method<Request, Response>::BatchHandler;
  return Handler([&parts, handle](Calls<Request, Response> calls) { handle(parts, calls); });
}

using ListHandler = rpc::Method<v1::ListContactsRequest, v1::ListContactsResponse>::Handler;

}  // namespace

ContactRpc::ContactRpc(const rpc::Binding& binding, const Ports& parts)
    : parts_(parts),
      create_(binding, Options("CreateContact", rpc::Lane::kWrite, kWriteBatch),
              Validator<v1::CreateContactRequest>(), Batch(parts_, &CreateContacts)),
      get_(binding, Options("GetContact", rpc::Lane::kRead, kReadBatch),
           Validator<v1::GetContactRequest>(), Batch(parts_, &GetContacts)),
      batch_get_(binding, Options("BatchGetContacts", rpc::Lane::kRead, kBatchGetBatch),
                 Validator<v1::BatchGetContactsRequest>(),
                 Batch(parts_, &contact::BatchGetContacts)),
      list_(binding, Options("ListContacts", rpc::Lane::kRead, 1),
            Validator<v1::ListContactsRequest>(),
            ListHandler([this](const rpc::CallContext& context,
                               const v1::ListContactsRequest& request,
                               v1::ListContactsResponse& response) {
              return contact::ListContacts(parts_, context, request, response);
            })),
      update_(binding, Options("UpdateContact", rpc::Lane::kWrite, kWriteBatch),
              Validator<v1::UpdateContactRequest>(), Batch(parts_, &UpdateContacts)),
      delete_(binding, Options("DeleteContact", rpc::Lane::kWrite, kWriteBatch),
              Validator<v1::DeleteContactRequest>(), Batch(parts_, &DeleteContacts)),
      undelete_(binding, Options("UndeleteContact", rpc::Lane::kWrite, kWriteBatch),
                Validator<v1::UndeleteContactRequest>(), Batch(parts_, &UndeleteContacts)) {}

}  // namespace crm::contact
