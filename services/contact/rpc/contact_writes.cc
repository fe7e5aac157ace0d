#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {
namespace {

using Change = aggregate::Change<Contact>;
using Creation = aggregate::Creation<Contact>;

template <class Response>
std::string AnswerWith(const Contact& contact) {
  Response response;
  ToProto(contact, response.mutable_contact());
  return response.SerializeAsString();
}

// The change of one existing contact, still without its rule.
template <class Response, class Call>
Change ChangeFor(const Call& call, absl::string_view name, absl::string_view etag) {
  Change change;
  change.key = KeyOf(call.context(), name);
  change.etag = std::string(etag);
  change.request = serving::RequestOf(call.context(), call.request());
  change.answer = &AnswerWith<Response>;
  return change;
}

absl::StatusOr<Creation> CreationFor(
    const Ports& ports,
    const rpc::Call<v1::CreateContactRequest, v1::CreateContactResponse>& call) {
  const v1::CreateContactRequest& request = call.request();
  const rpc::CallContext& context = call.context();
  Creation creation;
  creation.aggregate = FromProto(request.contact());
  creation.aggregate.tenant = context.tenant;
  creation.aggregate.id = base::Uuid::Parse(request.contact_id()).value_or(base::Uuid());
  if (request.contact_id().empty()) creation.aggregate.id = ports.ids.New();
  Occasion occasion{.now = ports.clock.Now(),
                    .effective_time = std::nullopt,
                    .event_id = ports.ids.New(),
                    .actor = context.actor,
                    .request_id = absl::AsciiStrToLower(request.request_id()),
                    .traceparent = context.traceparent};
  if (request.has_effective_time()) {
    occasion.effective_time = rpc::TimeFrom(request.effective_time());
  }
  CRM_RETURN_IF_ERROR(Open(creation.aggregate, ports.phones, occasion));
  creation.request = serving::RequestOf(context, request);
  creation.answer = &AnswerWith<v1::CreateContactResponse>;
  return creation;
}

}  // namespace

void CreateContacts(const Ports& ports,
                    Calls<v1::CreateContactRequest, v1::CreateContactResponse> calls) {
  serving::CreateBatch(ports.contacts, calls,
                       [&](const auto& call) { return CreationFor(ports, call); });
}

void UpdateContacts(const Ports& ports,
                    Calls<v1::UpdateContactRequest, v1::UpdateContactResponse> calls) {
  serving::UpdateBatch(ports.contacts, calls, [&](const auto& call) -> absl::StatusOr<Change> {
    const v1::Contact& given = call.request().contact();
    Change change = ChangeFor<v1::UpdateContactResponse>(call, given.name(), given.etag());
    CRM_ASSIGN_OR_RETURN(const auto fields, UpdatedFields(call.request()));
    change.apply = [&phones = ports.phones,
                    edit = EditFrom(call.request(), fields)](Contact& contact) {
      return error::Under("contact", Edit(contact, edit, phones));
    };
    return change;
  });
}

void DeleteContacts(const Ports& ports,
                    Calls<v1::DeleteContactRequest, v1::DeleteContactResponse> calls) {
  const absl::Time now = ports.clock.Now();
  serving::UpdateBatch(ports.contacts, calls, [&](const auto& call) -> absl::StatusOr<Change> {
    Change change =
        ChangeFor<v1::DeleteContactResponse>(call, call.request().name(), call.request().etag());
    change.apply = [now](Contact& contact) { return Delete(contact, now); };
    return change;
  });
}

void UndeleteContacts(const Ports& ports,
                      Calls<v1::UndeleteContactRequest, v1::UndeleteContactResponse> calls) {
  serving::UpdateBatch(ports.contacts, calls, [&](const auto& call) -> absl::StatusOr<Change> {
    Change change =
        ChangeFor<v1::UndeleteContactResponse>(call, call.request().name(), call.request().etag());
    change.apply = &Undelete;
    return change;
  });
}

}  // namespace crm::contact
