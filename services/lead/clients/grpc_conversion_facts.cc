#include "services/lead/clients/grpc_conversion_facts.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/request_hash.h"
#include "common/rpc/resource_name.h"
#include "common/rpc/status_bridge.h"
#include "services/lead/clients/grpc_employer.h"
#include "services/lead/clients/grpc_opportunity_opener.h"
#include "services/lead/clients/grpc_opportunity_orders.h"
#include "services/lead/clients/grpc_planned_fields.h"

namespace crm::lead {
namespace {

constexpr absl::Duration kMostPatience = absl::Seconds(2);
constexpr char kAsker[] = "crm-lead";

rpc::CallContext ContextFor(const std::string& tenant, base::Deadline deadline) {
  rpc::CallContext context;
  context.tenant = tenant;
  context.actor = kAsker;
  context.deadline = deadline;
  return context;
}

absl::Status Away(const char* service) {
  return error::Unavailable(error::kNeighbourUnavailable,
                            absl::StrCat("The ", service, " service did not answer."),
                            absl::Seconds(1))
      .With("service", service);
}

// OK also if the service itself says that there is no such thing.
absl::Status Answered(const grpc::Status& answer, const char* service) {
  const absl::Status status = rpc::FromGrpcStatus(answer);
  if (status.ok() || error::ReasonOf(status) == error::kResourceNotFound) return absl::OkStatus();
  return Away(service);
}

// Takes the answer of one of the calls that `left` counts.
auto Into(grpc::Status& status, absl::BlockingCounter& left) {
  return [&left, &status](grpc::Status answer) {
    status = std::move(answer);
    left.DecrementCount();
  };
}

std::string VersionOf(contact::v1::Contact contact) {
  contact.clear_etag();
  contact.clear_stage();
  contact.clear_stage_version();
  contact.clear_update_time();
  contact.clear_revision();
  return absl::BytesToHexString(rpc::RequestHash("Contact", contact));
}

}  // namespace

GrpcConversionFacts::GrpcConversionFacts(const std::shared_ptr<grpc::Channel>& contact,
                                         const std::shared_ptr<grpc::Channel>& opportunity)
    : contacts_(contact::v1::ContactService::NewStub(contact)),
      opportunities_(opportunity::v1::OpportunityService::NewStub(opportunity)),
      pipelines_(opportunity::v1::PipelineService::NewStub(opportunity)) {}

absl::StatusOr<ConversionFacts> GrpcConversionFacts::Find(const std::string& tenant,
                                                          const base::Uuid& contact,
                                                          const std::string& pipeline,
                                                          base::Deadline deadline) {
  const auto contact_context = rpc::ClientContextFor(ContextFor(tenant, deadline), kMostPatience);
  contact::v1::GetContactRequest contact_request;
  contact_request.set_name(rpc::FormatName("contacts", contact));
  contact::v1::GetContactResponse contact_answer;
  grpc::Status contact_status;
  const auto pipeline_context = rpc::ClientContextFor(ContextFor(tenant, deadline), kMostPatience);
  opportunity::v1::GetPipelineRequest pipeline_request;
  pipeline_request.set_name(pipeline);
  opportunity::v1::GetPipelineResponse pipeline_answer;
  grpc::Status pipeline_status;
  absl::BlockingCounter left(2);
  contacts_->async()->GetContact(contact_context.get(), &contact_request, &contact_answer,
                                 Into(contact_status, left));
  pipelines_->async()->GetPipeline(pipeline_context.get(), &pipeline_request, &pipeline_answer,
                                   Into(pipeline_status, left));
  left.Wait();
  CRM_RETURN_IF_ERROR(Answered(contact_status, "contact"));
  CRM_RETURN_IF_ERROR(Answered(pipeline_status, "opportunity"));
  ConversionFacts facts;
  const contact::v1::Contact& found = contact_answer.contact();
  if (contact_status.ok() && !found.has_delete_time()) {
    facts.contact_version = VersionOf(found);
    facts.organization = found.has_organization() ? found.name() : EmployerOf(found);
  }
  facts.pipeline_etag = pipeline_answer.pipeline().etag();
  facts.pipeline_archived = pipeline_answer.pipeline().has_archive_time();
  return facts;
}

absl::StatusOr<AttachmentOutlook> GrpcConversionFacts::FindAttachment(
    const OpportunityOrder& order) {
  namespace pb = ::crm::opportunity::v1;
  const auto get_context = rpc::ClientContextFor(ContextOf(order), kMostPatience);
  pb::GetOpportunityRequest get;
  get.set_name(OpportunityName(order.opportunity));
  pb::GetOpportunityResponse present;
  grpc::Status get_status;
  const auto try_context = rpc::ClientContextFor(ContextOf(order), kMostPatience);
  pb::AttachLeadRequest attach;
  Fill(order, attach);
  attach.clear_request_id();
  attach.set_validate_only(true);
  pb::AttachLeadResponse attached;
  grpc::Status try_status;
  absl::BlockingCounter left(2);
  opportunities_->async()->GetOpportunity(get_context.get(), &get, &present,
                                          Into(get_status, left));
  opportunities_->async()->AttachLead(try_context.get(), &attach, &attached,
                                      Into(try_status, left));
  left.Wait();
  CRM_RETURN_IF_ERROR(Answered(get_status, "opportunity"));
  AttachmentOutlook outlook;
  outlook.refusal = rpc::FromGrpcStatus(try_status);
  if (!outlook.refusal.ok() && ReplyOf(outlook.refusal).opening != Opening::kRefused) {
    return Away("opportunity");
  }
  outlook.etag = present.opportunity().etag();
  outlook.fields = PlannedFieldsOf(
      present.opportunity(), outlook.refusal.ok() ? attached.opportunity() : present.opportunity());
  return outlook;
}

absl::StatusOr<EmployerOutlook> GrpcConversionFacts::FindEmployer(const std::string& tenant,
                                                                  const PlannedEmployer& employer,
                                                                  base::Deadline deadline) {
  EmployerOutlook outlook;
  const auto context = rpc::ClientContextFor(ContextFor(tenant, deadline), kMostPatience);
  if (employer.organization) {
    outlook.match = EmployerMatch::kRequest;
    contact::v1::GetContactRequest request;
    request.set_name(rpc::FormatName("contacts", *employer.organization));
    contact::v1::GetContactResponse answer;
    const grpc::Status status = contacts_->GetContact(context.get(), request, &answer);
    CRM_RETURN_IF_ERROR(Answered(status, "contact"));
    outlook.organization = request.name();
    outlook.missing =
        !status.ok() || !answer.contact().has_organization() || answer.contact().has_delete_time();
    return outlook;
  }
  outlook.match = EmployerMatch::kNew;
  if (employer.domain.empty()) return outlook;
  contact::v1::FindContactsRequest request;
  request.set_domain(employer.domain);
  contact::v1::FindContactsResponse answer;
  const absl::Status status =
      rpc::FromGrpcStatus(contacts_->FindContacts(context.get(), request, &answer));
  if (error::ReasonOf(status) == error::kFieldInvalid) {
    return error::FieldInvalid("new_organization.domain", "must be an internet domain");
  }
  if (!status.ok()) return Away("contact");
  outlook.organization = answer.organization();
  if (!outlook.organization.empty()) outlook.match = EmployerMatch::kDomain;
  return outlook;
}

}  // namespace crm::lead
