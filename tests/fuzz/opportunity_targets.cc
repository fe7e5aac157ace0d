// Requests to the opportunity service.

#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"
#include "services/opportunity/domain/opportunity_edit.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/rpc/move_checks.h"
#include "services/opportunity/rpc/opportunity_checks.h"
#include "services/opportunity/rpc/opportunity_proto.h"
#include "services/opportunity/rpc/pipeline_checks.h"
#include "services/opportunity/rpc/pipeline_proto.h"
#include "tests/fuzz/handled_request.h"

namespace crm::fuzz {
namespace {

void MakeOpportunity(const opportunity::v1::OpenOpportunityRequest& request) {
  opportunity::Opportunity it = opportunity::FromProto(request.opportunity());
  it.tenant = "acme";
  it.id = base::Uuid(3, 4);
  it.pipeline = std::string(opportunity::kDefaultPipeline);
  if (!Taken(CountLineItems(it))) return;
  if (Taken(Open(it, opportunity::DefaultPipeline(), AnOccasion(),
                 opportunity::ProbabilityFrom(request.opportunity()),
                 opportunity::CategoryFrom(request.opportunity())))) {
    RequireShownAs<opportunity::v1::Opportunity>(it);
  }
}

void ChangeOpportunity(const opportunity::v1::UpdateOpportunityRequest& request) {
  opportunity::Opportunity it;
  it.tenant = "acme";
  it.id = base::Uuid(3, 4);
  it.contact = base::Uuid(5, 6);
  it.display_name = "Forty panes";
  it.pipeline = std::string(opportunity::kDefaultPipeline);
  const opportunity::Pipeline& pipeline = opportunity::DefaultPipeline();
  Require(Open(it, pipeline, AnOccasion()).ok(), "a plain opportunity is taken");
  const opportunity::OpportunityEdit edit =
      opportunity::EditFrom(request.opportunity(), opportunity::UpdatedFields(request));
  if (Taken(Edit(it, edit, pipeline))) RequireShownAs<opportunity::v1::Opportunity>(it);
}

void MakePipeline(const opportunity::v1::CreatePipelineRequest& request) {
  opportunity::StagesFrom(request.pipeline());
}

}  // namespace

void OpportunityRequest(absl::string_view input) {
  static const auto* const methods = new std::vector<HandledMethod>{
      Handled<opportunity::v1::OpenOpportunityRequest, opportunity::Check, MakeOpportunity>(),
      Handled<opportunity::v1::UpdateOpportunityRequest, opportunity::Check, ChangeOpportunity>(),
      Handled<opportunity::v1::CreatePipelineRequest, opportunity::Check, MakePipeline>(),
      Handled<opportunity::v1::UpdatePipelineRequest, opportunity::Check>(),
      Handled<opportunity::v1::ListPipelinesRequest, opportunity::Check>(),
      Handled<opportunity::v1::AttachLeadRequest, opportunity::Check>(),
      Handled<opportunity::v1::ListOpportunitiesRequest, opportunity::Check>(),
      Handled<opportunity::v1::CloneOpportunityRequest, opportunity::Check>(),
      Handled<opportunity::v1::MoveOpportunityRequest, opportunity::Check>(),
      Handled<opportunity::v1::BatchMoveOpportunitiesRequest, opportunity::Check>(),
      Handled<opportunity::v1::CorrectStageChangeRequest, opportunity::Check>(),
      Handled<opportunity::v1::CheckMoveRequest, opportunity::Check>(),
      Handled<opportunity::v1::MoveToPipelineRequest, opportunity::Check>(),
      Handled<opportunity::v1::WinOpportunityRequest, opportunity::Check>(),
      Handled<opportunity::v1::LoseOpportunityRequest, opportunity::Check>(),
      Handled<opportunity::v1::ReopenOpportunityRequest, opportunity::Check>(),
      Handled<opportunity::v1::ListStageChangesRequest, opportunity::Check>(),
  };
  RunMethod(input, *methods);
}

}  // namespace crm::fuzz
