#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/list_page.h"
#include "services/contact/domain/normal_forms.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_filters.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {

void GetContacts(const Ports& ports, Calls<v1::GetContactRequest, v1::GetContactResponse> calls) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (const auto* call : calls) keys.push_back(KeyOf(call->context(), call->request().name()));
  const auto found = ports.contacts.Get(keys, serving::BatchDeadline(calls));
  for (size_t i = 0; i < calls.size(); ++i) {
    if (found[i].ok()) ToProto(*found[i], calls[i]->response().mutable_contact());
    calls[i]->Finish(found[i].status());
  }
}

void BatchGetContacts(const Ports& ports,
                      Calls<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> calls) {
  std::vector<aggregate::Key> keys;
  for (const auto* call : calls) {
    for (const std::string& name : call->request().names()) {
      keys.push_back(KeyOf(call->context(), name));
    }
  }
  const auto found = ports.contacts.Get(keys, serving::BatchDeadline(calls));
  size_t at = 0;
  for (auto* call : calls) {
    absl::Status failure;
    for (const std::string& name : call->request().names()) {
      const absl::StatusOr<Contact>& contact = found[at++];
      if (contact.ok()) {
        ToProto(*contact, call->response().add_contacts());
      } else if (absl::IsNotFound(contact.status())) {
        call->response().add_missing_names(name);
      } else {
        failure = contact.status();
      }
    }
    call->Finish(failure);
  }
}

absl::Status ListContacts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListContactsRequest& request,
                          v1::ListContactsResponse& response) {
  const serving::ListArguments arguments{request.filter(), request.order_by(), request.page_token(),
                                         std::min(request.page_size(), rpc::kMaxPageSize),
                                         request.show_deleted()};
  CRM_ASSIGN_OR_RETURN(aggregate::ListQuery query,
                       serving::QueryOf(context, arguments, ContactFilter(), ports.page_tokens));
  for (aggregate::Condition& condition : query.conditions) {
    if (condition.field == "email") condition.value = NormalizeEmail(condition.value);
    if (condition.field == "domain") condition.value = NormalizeDomain(condition.value);
    if (condition.field == "organization") CRM_RETURN_IF_ERROR(ReadContactName(condition));
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<Contact> found,
                       ports.reads.ListContacts(query, context.deadline));
  const size_t shown = std::min<size_t>(found.size(), serving::PageSizeOf(query));
  for (size_t i = 0; i < shown; ++i) ToProto(found[i], response.add_contacts());
  if (found.size() > shown) {
    const Contact& last = found[shown - 1];
    response.set_next_page_token(
        serving::NextToken(context, arguments, ports.page_tokens, last.create_time, last.id));
  }
  return absl::OkStatus();
}

}  // namespace crm::contact
