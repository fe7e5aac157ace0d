#include "services/lead/clients/grpc_contact_registry.h"

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/resource_name.h"
#include "common/rpc/status_bridge.h"

namespace crm::lead {
namespace {

namespace contacts = ::crm::contact::v1;

constexpr absl::Duration kRegistryPatience = absl::Seconds(5);
constexpr char kContacts[] = "contacts";

std::unique_ptr<grpc::ClientContext> ContextFor(const RegistryCaller& caller) {
  rpc::CallContext context;
  context.tenant = caller.tenant;
  if (!caller.actor.empty()) context.actor = caller.actor;
  context.traceparent = caller.traceparent;
  context.deadline = caller.deadline;
  return rpc::ClientContextFor(context, kRegistryPatience);
}

// What a call came to, for our caller: what the service said about the request, or that it did not
// answer.
absl::Status Outcome(const RegistryCaller& caller, const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const absl::Status said = rpc::FromGrpcStatus(status);
  switch (said.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
      return said;
    default:
      break;
  }
  if (caller.deadline.Passed()) return error::DeadlinePassed().With("where", "contact");
  return error::Unavailable(error::kNeighbourUnavailable, "The contact service did not answer.",
                            absl::Seconds(1))
      .With("service", "contact");
}

std::string NameOf(const base::Uuid& id) { return rpc::FormatName(kContacts, id); }

}  // namespace

GrpcContactRegistry::GrpcContactRegistry(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(contacts::ContactService::NewStub(channel)) {}

absl::StatusOr<FoundContact> GrpcContactRegistry::Find(const RegistryCaller& caller,
                                                       const ContactFacts& facts) {
  contacts::FindContactsRequest request;
  request.set_email(facts.email);
  request.set_phone(facts.phone);
  request.set_domain(facts.domain);
  request.set_display_name(facts.display_name);
  contacts::FindContactsResponse response;
  const auto context = ContextFor(caller);
  CRM_RETURN_IF_ERROR(Outcome(caller, stub_->FindContacts(context.get(), request, &response)));
  FoundContact found;
  if (response.contacts_size() > 0) {
    found.contact = rpc::ParseName(response.contacts(0).name(), kContacts);
  }
  found.by_email = response.rule() == contacts::MATCH_RULE_EMAIL;
  if (!response.organization().empty()) {
    found.organization = rpc::ParseName(response.organization(), kContacts);
  }
  found.email = response.normalized_email();
  found.e164 = response.e164();
  found.domain = response.normalized_domain();
  return found;
}

absl::Status GrpcContactRegistry::Create(const RegistryCaller& caller, const ContactDraft& draft) {
  contacts::CreateContactRequest request;
  request.set_contact_id(draft.id.ToString());
  contacts::Contact& contact = *request.mutable_contact();
  contact.set_display_name(draft.display_name);
  if (draft.person) {
    contact.mutable_person();
    if (draft.organization) {
      contact.add_employments()->set_organization(NameOf(*draft.organization));
    }
  } else {
    contact.mutable_organization()->set_domain(draft.domain);
  }
  if (!draft.email.empty()) contact.add_emails()->set_address(draft.email);
  if (!draft.phone.empty()) contact.add_phones()->set_number(draft.phone);
  request.set_request_id(draft.request.ToString());
  contacts::CreateContactResponse response;
  const auto context = ContextFor(caller);
  return Outcome(caller, stub_->CreateContact(context.get(), request, &response));
}

}  // namespace crm::lead
