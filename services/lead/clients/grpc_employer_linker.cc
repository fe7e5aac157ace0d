#include "services/lead/clients/grpc_employer_linker.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/resource_name.h"
#include "common/rpc/status_bridge.h"
#include "services/lead/clients/grpc_opportunity_opener.h"

namespace crm::lead {
namespace {

namespace pb = ::crm::contact::v1;

constexpr absl::Duration kLinkPatience = absl::Seconds(2);  // of one call
constexpr int kMostEdits = 5;  // of others, between our reading a contact and writing it

std::unique_ptr<grpc::ClientContext> ContextFor(const EmploymentOrder& order) {
  rpc::CallContext context;
  context.tenant = order.tenant;
  context.actor = order.actor;
  context.traceparent = order.traceparent;
  context.deadline = order.deadline;
  return rpc::ClientContextFor(context, kLinkPatience);
}

// Metadata of an error, or empty.
std::string DetailOf(const absl::Status& status, absl::string_view key) {
  const auto details = error::DetailsOf(status);
  if (!details.has_value()) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

bool WorksIn(const pb::Contact& contact, const std::string& organization) {
  return std::any_of(contact.employments().begin(), contact.employments().end(),
                     [&](const pb::Employment& it) {
                       return it.organization() == organization && !it.has_until();
                     });
}

}  // namespace

GrpcEmployerLinker::GrpcEmployerLinker(const std::shared_ptr<grpc::Channel>& contact)
    : stub_(pb::ContactService::NewStub(contact)) {}

OpeningReply GrpcEmployerLinker::Link(const EmploymentOrder& order) {
  const absl::StatusOr<std::string> organization = OrganizationFor(order);
  if (!organization.ok()) return ReplyOf(organization.status());
  return ReplyOf(Employ(order, *organization));
}

// Makes it even where one with the domain may be there: of two who do so at once one is told whose
// it is.
absl::StatusOr<std::string> GrpcEmployerLinker::OrganizationFor(const EmploymentOrder& order) {
  const PlannedEmployer& employer = order.employer;
  if (employer.organization) return rpc::FormatName("contacts", *employer.organization);
  const std::string made = rpc::FormatName("contacts", OrganizationIdOf(order.conversion));
  pb::CreateContactRequest request;
  request.set_contact_id(OrganizationIdOf(order.conversion).ToString());
  request.set_request_id(OrganizationRequestIdOf(order.conversion).ToString());
  request.mutable_contact()->set_display_name(employer.display_name);
  request.mutable_contact()->mutable_organization()->set_domain(employer.domain);
  pb::CreateContactResponse response;
  const auto context = ContextFor(order);
  const absl::Status status =
      rpc::FromGrpcStatus(stub_->CreateContact(context.get(), request, &response));
  if (status.ok()) return made;
  if (!absl::IsAlreadyExists(status)) return status;
  if (error::ReasonOf(status) == error::kDuplicateId) return made;  // by an attempt long ago
  const std::string holder = DetailOf(status, "contacts");
  return holder.empty() ? absl::StatusOr<std::string>(status) : holder;
}

absl::Status GrpcEmployerLinker::Employ(const EmploymentOrder& order,
                                        const std::string& organization) {
  absl::Status status;
  for (int turn = 0; turn < kMostEdits; ++turn) {
    pb::GetContactRequest get;
    get.set_name(rpc::FormatName("contacts", order.contact));
    pb::GetContactResponse present;
    const auto get_context = ContextFor(order);
    CRM_RETURN_IF_ERROR(rpc::FromGrpcStatus(stub_->GetContact(get_context.get(), get, &present)));
    if (WorksIn(present.contact(), organization)) return absl::OkStatus();
    pb::UpdateContactRequest update;
    pb::Contact& contact = *update.mutable_contact();
    contact.set_name(get.name());
    contact.set_etag(present.contact().etag());
    *contact.mutable_employments() = present.contact().employments();
    contact.add_employments()->set_organization(organization);
    update.mutable_update_mask()->add_paths("employments");
    update.set_request_id(EmploymentRequestIdOf(order.conversion).ToString());
    pb::UpdateContactResponse updated;
    const auto context = ContextFor(order);
    status = rpc::FromGrpcStatus(stub_->UpdateContact(context.get(), update, &updated));
    // An attempt has done it, and somebody has taken the employment out since: it stays out.
    if (error::ReasonOf(status) == error::kRequestIdReused) return absl::OkStatus();
    if (error::ReasonOf(status) != error::kEtagMismatch) return status;
  }
  return status;
}

}  // namespace crm::lead
