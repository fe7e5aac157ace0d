#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "services/contact/rpc/contact_filters.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {

void GetContacts(const Ports& ports, Calls<v1::GetContactRequest, v1::GetContactResponse> calls) {
  serving::AnswerGets(calls, serving::KeysIn(kContacts), serving::GetFrom(ports.contacts),
                      [](auto& call, const Contact& contact) {
                        ToProto(contact, *call.response().mutable_contact());
                        return absl::OkStatus();
                      });
}

void BatchGetContacts(const Ports& ports,
                      Calls<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> calls) {
  serving::AnswerBatchGets(
      calls, serving::KeysIn(kContacts), serving::GetFrom(ports.contacts),
      [](auto& response, const Contact& contact) { ToProto(contact, *response.add_contacts()); });
}

absl::Status ListContacts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListContactsRequest& request,
                          v1::ListContactsResponse& response) {
  return serving::AnswerList<Contact>(
      context, request, response, ContactFields(), listing::kCreateTimeOrder<Contact>,
      [&](const listing::Query& query) {
        return ports.reads.ListContacts(query, context.deadline);
      },
      [&](const Contact& contact) -> const v1::Contact& {
        v1::Contact& message = *response.add_contacts();
        ToProto(contact, message);
        return message;
      });
}

}  // namespace crm::contact
