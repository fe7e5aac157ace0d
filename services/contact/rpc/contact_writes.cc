#include "common/base/status.h"
#include "common/error/error.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {
namespace {

// The serialized response of a method that answers with the contact alone.
template <class Response>
std::string ContactAnswer(const Contact& contact) {
  Response response;
  ToProto(contact, *response.mutable_contact());
  return response.SerializeAsString();
}

}  // namespace

void CreateContacts(const Ports& ports,
                    Calls<v1::CreateContactRequest, v1::CreateContactResponse> calls) {
  using Creation = aggregate::Creation<Contact>;
  serving::CreateBatch(ports.contacts, calls, [&](const auto& call) -> absl::StatusOr<Creation> {
    const v1::CreateContactRequest& request = call.request();
    Creation creation;
    creation.aggregate = FromProto(request.contact());
    creation.aggregate.tenant = call.context().tenant;
    creation.aggregate.id = serving::NewId(ports, request.contact_id());
    CRM_RETURN_IF_ERROR(Open(creation.aggregate, ports.phones,
                             serving::OccasionOf(ports, call.context(), request)));
    creation.request = serving::RequestOf(call.context(), request);
    creation.answer = &ContactAnswer<v1::CreateContactResponse>;
    return creation;
  });
}

void UpdateContacts(const Ports& ports,
                    Calls<v1::UpdateContactRequest, v1::UpdateContactResponse> calls) {
  serving::AnswerUpdates(
      ports.contacts, kContacts, calls, &v1::UpdateContactRequest::contact,
      ContactAnswer<v1::UpdateContactResponse>,
      [](const auto& request) { return EditFrom(request, UpdatedFields(request)); },
      [&phones = ports.phones](Contact& contact, const ContactEdit& edit) {
        return error::Under("contact", Edit(contact, edit, phones));
      });
}

void DeleteContacts(const Ports& ports,
                    Calls<v1::DeleteContactRequest, v1::DeleteContactResponse> calls) {
  serving::AnswerMoves(ports.contacts, kContacts, ports, calls,
                       ContactAnswer<v1::DeleteContactResponse>,
                       [](Contact& contact, const auto&, const Occasion& occasion) {
                         return Delete(contact, occasion.now);
                       });
}

void UndeleteContacts(const Ports& ports,
                      Calls<v1::UndeleteContactRequest, v1::UndeleteContactResponse> calls) {
  serving::AnswerMoves(
      ports.contacts, kContacts, ports, calls, ContactAnswer<v1::UndeleteContactResponse>,
      [](Contact& contact, const auto&, const Occasion&) { return Undelete(contact); });
}

}  // namespace crm::contact
