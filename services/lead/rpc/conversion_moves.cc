#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/rpc/resource_name.h"
#include "common/serving/requests.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/rpc/conversion_handlers.h"
#include "services/lead/rpc/conversion_proto.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

// All that a conversion that has not begun would rest on.
struct PlanGround {
  Lead lead;
  ConversionPlan plan;
  ConversionFacts facts;
};

absl::StatusOr<PlanGround> LookAtGround(aggregate::Repository<Lead>& leads,
                                        ConversionFactFinder& finder,
                                        const rpc::CallContext& context,
                                        const v1::ConvertLeadRequest& request) {
  PlanGround ground;
  const aggregate::Key key = serving::KeyOf(context, request.name(), kLeads);
  CRM_ASSIGN_OR_RETURN(ground.lead,
                       std::move(leads.Get(absl::MakeConstSpan(&key, 1), context.deadline)[0]));
  ground.plan = FromProto(request);
  const std::string pipeline = request.pipeline().empty() ? kDefaultPipeline : request.pipeline();
  CRM_ASSIGN_OR_RETURN(
      ground.facts, finder.Find(context.tenant, ground.lead.contact, pipeline, context.deadline));
  if (ground.plan.employer) {
    CRM_ASSIGN_OR_RETURN(
        ground.facts.employer,
        finder.FindEmployer(context.tenant, *ground.plan.employer, context.deadline));
  }
  if (!ground.plan.opportunity) return ground;
  ground.plan.organization = ground.lead.organization;
  if (!ground.plan.organization) {
    ground.plan.organization = rpc::ParseName(ground.facts.organization, "contacts");
  }
  Occasion occasion;
  occasion.actor = context.actor;
  occasion.traceparent = context.traceparent;
  OpportunityOrder order = OrderFor(PlannedLead(ground.lead, ground.plan, occasion));
  order.deadline = context.deadline;
  CRM_ASSIGN_OR_RETURN(ground.facts.attachment, finder.FindAttachment(order));
  return ground;
}

// Whether the request began a conversion.
absl::StatusOr<bool> HasBegun(const Ports& ports, const rpc::CallContext& context,
                              const v1::ConvertLeadRequest& request) {
  const base::Uuid id = base::Uuid::Parse(request.request_id()).value_or(base::Uuid());
  const ConversionQuestion question{context.tenant, id, ConversionIdOf(context.tenant, id)};
  const absl::Status known =
      ports.conversion_reads.Find(absl::MakeConstSpan(&question, 1), context.deadline)[0].status();
  if (known.ok()) return true;
  if (absl::IsNotFound(known)) return false;
  return known;
}

absl::Status CheckUnmoved(const PlanMarks& planned, const PlanGround& ground) {
  const PlanMarks present = MarksOf(ground.lead, ground.facts);
  std::vector<std::string> moved;
  if (present.lead != planned.lead) moved.push_back("lead");
  if (present.contact != planned.contact) moved.push_back("contact");
  if (present.target != planned.target) {
    moved.push_back(ground.plan.opportunity ? "opportunity" : "pipeline");
  }
  return moved.empty() ? absl::OkStatus() : PlanMoved(absl::StrJoin(moved, ", "));
}

absl::Status CheckAttachable(const PlanGround& ground) {
  if (!ground.facts.attachment.has_value()) return absl::OkStatus();
  if (ground.facts.contact_version.empty()) {
    return error::ReferenceNotFound("contact", rpc::FormatName("contacts", ground.lead.contact));
  }
  const absl::Status& refusal = ground.facts.attachment->refusal;
  // What the lead has is no argument of the call.
  return absl::IsInvalidArgument(refusal) ? ConversionRefused(error::ReasonOf(refusal)) : refusal;
}

}  // namespace

absl::Status PreviewConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                               const v1::PreviewConversionRequest& request,
                               v1::PreviewConversionResponse& response) {
  const v1::ConvertLeadRequest previewed = RequestPreviewed(request);
  CRM_ASSIGN_OR_RETURN(const PlanGround ground,
                       LookAtGround(ports.leads, ports.facts, context, previewed));
  ToProto(PreviewOf(ground.lead, ground.plan, ground.facts,
                    serving::OccasionOf(ports, context, previewed)),
          response);
  const EmployerOutlook& employer = ground.facts.employer;
  response.set_organization(ground.facts.organization.empty() ? employer.organization
                                                              : ground.facts.organization);
  response.set_employer(employer.organization);
  response.set_employer_match(static_cast<v1::EmployerMatch>(employer.match));
  response.set_plan_token(
      PlanTokenOf(context.tenant, previewed, MarksOf(ground.lead, ground.facts)));
  return absl::OkStatus();
}

absl::StatusOr<ConversionStart> StartAskedFor(const Ports& ports, const rpc::CallContext& context,
                                              const v1::ConvertLeadRequest& request) {
  ConversionStart start{request.etag(), FromProto(request)};
  const bool planned = !request.plan_token().empty();
  if (!planned && !start.plan.opportunity && !start.plan.employer) return start;
  PlanMarks marks;
  if (planned) {
    CRM_ASSIGN_OR_RETURN(marks, MarksIn(context.tenant, request));
    if (start.etag.empty()) start.etag = marks.lead;
  }
  CRM_ASSIGN_OR_RETURN(const bool begun, HasBegun(ports, context, request));
  if (begun) return start;
  CRM_ASSIGN_OR_RETURN(PlanGround ground,
                       LookAtGround(ports.leads, ports.conversion_facts, context, request));
  if (planned) CRM_RETURN_IF_ERROR(CheckUnmoved(marks, ground));
  CRM_RETURN_IF_ERROR(CheckAttachable(ground));
  CRM_RETURN_IF_ERROR(CheckEmployer(ground.lead, ground.facts, ground.plan));
  start.plan = std::move(ground.plan);
  return start;
}

}  // namespace crm::lead
