#include "common/base/status.h"
#include "common/serving/batch_write.h"
#include "services/opportunity/domain/opportunity_edit.h"
#include "services/opportunity/rpc/opportunity_checks.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

absl::StatusOr<const Pipeline*> PipelineFor(const v1::Opportunity& message) {
  if (message.pipeline().empty()) return &DefaultPipeline();
  const auto id = rpc::ParseSlugName(message.pipeline(), "pipelines");
  const Pipeline* const pipeline = id ? FindPipeline(*id) : nullptr;
  if (pipeline != nullptr) return pipeline;
  return error::Error(absl::StatusCode::kFailedPrecondition, error::kReferenceNotFound,
                      "There is no such pipeline.")
      .With("field", "opportunity.pipeline")
      .With("resource", message.pipeline());
}

}  // namespace

void OpenOpportunities(const Ports& ports,
                       Calls<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse> calls) {
  using Creation = aggregate::Creation<Opportunity>;
  serving::CreateBatch(ports.opportunities, calls, [&](auto& call) -> absl::StatusOr<Creation> {
    const v1::OpenOpportunityRequest& request = call.request();
    CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineFor(request.opportunity()));
    Creation creation;
    creation.aggregate = NewFrom(request.opportunity());
    creation.aggregate.tenant = call.context().tenant;
    const auto given = base::Uuid::Parse(request.opportunity_id());
    creation.aggregate.id = given ? *given : ports.ids.New();
    const Occasion occasion = OccasionOf(ports, call.context(), request);
    CRM_RETURN_IF_ERROR(Open(creation.aggregate, *pipeline, occasion,
                             ProbabilityFrom(request.opportunity()),
                             CategoryFrom(request.opportunity())));
    creation.request = serving::RequestOf(call.context(), request);
    creation.answer = OpportunityAnswer<v1::OpenOpportunityResponse>;
    return creation;
  });
}

void UpdateOpportunities(const Ports& ports,
                         Calls<v1::UpdateOpportunityRequest, v1::UpdateOpportunityResponse> calls) {
  using Change = aggregate::Change<Opportunity>;
  serving::UpdateBatch(ports.opportunities, calls, [](auto& call) -> absl::StatusOr<Change> {
    const v1::UpdateOpportunityRequest& request = call.request();
    const v1::Opportunity& message = request.opportunity();
    CRM_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                         rpc::MaskedPaths(request.update_mask(), UpdatePaths(), message));
    Change change;
    change.key = KeyOf(call.context(), message.name());
    change.etag = message.etag();
    change.request = serving::RequestOf(call.context(), request);
    change.apply = [edit = EditFrom(message, paths)](Opportunity& it) -> absl::Status {
      CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
      return Edit(it, edit, *pipeline);
    };
    change.answer = OpportunityAnswer<v1::UpdateOpportunityResponse>;
    return change;
  });
}

}  // namespace crm::opportunity
