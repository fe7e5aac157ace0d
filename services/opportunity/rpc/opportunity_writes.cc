#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "common/serving/confirmed_creates.h"
#include "services/opportunity/domain/opportunity_edit.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/rpc/opportunity_checks.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

absl::StatusOr<const Pipeline*> PipelineFor(const v1::Opportunity& message) {
  if (message.pipeline().empty()) return &DefaultPipeline();
  const auto id = rpc::ParseSlugName(message.pipeline(), "pipelines");
  const Pipeline* const pipeline = id ? FindPipeline(*id) : nullptr;
  if (pipeline != nullptr) return pipeline;
  return error::ReferenceNotFound("opportunity.pipeline", message.pipeline());
}

using Opening = rpc::Call<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse>;

absl::StatusOr<Opportunity> NewOpportunity(const Ports& ports, const Opening& call) {
  const v1::OpenOpportunityRequest& request = call.request();
  CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineFor(request.opportunity()));
  Opportunity opportunity = FromProto(request.opportunity());
  CRM_RETURN_IF_ERROR(error::Under("opportunity", CountLineItems(opportunity)));
  opportunity.tenant = call.context().tenant;
  opportunity.id = serving::NewId(ports, request.opportunity_id());
  CRM_RETURN_IF_ERROR(Open(opportunity, *pipeline,
                           serving::OccasionOf(ports, call.context(), request),
                           ProbabilityFrom(request.opportunity()),
                           CategoryFrom(request.opportunity())));
  return opportunity;
}

}  // namespace

void OpenOpportunities(const Ports& ports, absl::Span<Opening* const> calls) {
  using Creation = aggregate::Creation<Opportunity>;
  const serving::ContactCheck<v1::OpenOpportunityRequest, OpportunityReads> check{
      ports.contacts, ports.reads, "opportunity.contact",
      [](const auto& request) -> const std::string& { return request.opportunity().contact(); }};
  serving::CreateConfirmed(
      ports.opportunities, calls, check, [&](const Opening& call) -> absl::StatusOr<Creation> {
        Creation creation;
        CRM_ASSIGN_OR_RETURN(creation.aggregate, NewOpportunity(ports, call));
        creation.request = serving::RequestOf(call.context(), call.request());
        creation.answer = OpportunityAnswer<v1::OpenOpportunityResponse>;
        return creation;
      });
}

void UpdateOpportunities(const Ports& ports,
                         Calls<v1::UpdateOpportunityRequest, v1::UpdateOpportunityResponse> calls) {
  serving::AnswerUpdates(
      ports.opportunities, kOpportunities, calls, &v1::UpdateOpportunityRequest::opportunity,
      OpportunityAnswer<v1::UpdateOpportunityResponse>,
      [](const auto& request) { return EditFrom(request.opportunity(), UpdatedFields(request)); },
      [](Opportunity& it, const OpportunityEdit& edit) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
        return error::Under("opportunity", Edit(it, edit, *pipeline));
      });
}

}  // namespace crm::opportunity
