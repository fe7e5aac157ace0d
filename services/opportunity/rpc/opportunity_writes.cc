#include <utility>

#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/neighbours/claimed_leads.h"
#include "common/neighbours/confirmed_creates.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/opportunity/domain/opportunity_clone.h"
#include "services/opportunity/domain/opportunity_deletion.h"
#include "services/opportunity/domain/opportunity_edit.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/rpc/opportunity_checks.h"
#include "services/opportunity/rpc/opportunity_handlers.h"
#include "services/opportunity/rpc/pipeline_proto.h"

namespace crm::opportunity {
namespace {

using Opening = rpc::Call<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse>;

// What a new opportunity is before it is opened.
absl::StatusOr<Opportunity> NewOpportunity(const Ports& ports, const Opening& call) {
  const v1::OpenOpportunityRequest& request = call.request();
  Opportunity opportunity = FromProto(request.opportunity());
  CRM_RETURN_IF_ERROR(error::Under("opportunity", CountLineItems(opportunity)));
  opportunity.tenant = call.context().tenant;
  opportunity.id = serving::NewId(ports, request.opportunity_id());
  const std::string& pipeline = request.opportunity().pipeline();
  opportunity.pipeline = pipeline.empty() ? std::string(kDefaultPipeline) : SlugIn(pipeline);
  return opportunity;
}

std::vector<std::string> FactsToCopy(const v1::CloneOpportunityRequest& request) {
  return {request.copy_mask().paths().begin(), request.copy_mask().paths().end()};
}

// Opens those whose contacts are there.
void OpenForContacts(const Ports& ports, absl::Span<Opening* const> calls) {
  using Creation = aggregate::Creation<Opportunity>;
  const neighbours::ContactCheck<v1::OpenOpportunityRequest, OpportunityReads> check{
      ports.contacts, ports.reads, "opportunity.contact",
      [](const auto& request) -> const std::string& { return request.opportunity().contact(); }};
  neighbours::CreateConfirmed(
      ports.opportunities, calls, check, [&](const Opening& call) -> absl::StatusOr<Creation> {
        Creation creation;
        CRM_ASSIGN_OR_RETURN(creation.aggregate, NewOpportunity(ports, call));
        creation.apply = [occasion = serving::OccasionOf(ports, call.context(), call.request()),
                          &message =
                              call.request().opportunity()](Opportunity& it) -> absl::Status {
          if (it.rules.definition == nullptr) {
            return error::ReferenceNotFound("opportunity.pipeline", PipelineName(it.pipeline));
          }
          return Open(it, *it.rules.definition, occasion, ProbabilityFrom(message),
                      CategoryFrom(message));
        };
        creation.request = serving::RequestOf(call.context(), call.request());
        creation.answer = OpportunityAnswer<v1::OpenOpportunityResponse>;
        return creation;
      });
}

}  // namespace

void OpenOpportunities(const Ports& ports, absl::Span<Opening* const> calls) {
  std::vector<Opening*> without_lead;
  std::vector<Opening*> with_lead;
  for (Opening* call : calls) {
    (call->request().opportunity().lead().empty() ? without_lead : with_lead).push_back(call);
  }
  // First those that a lead service that is away does not keep waiting.
  OpenForContacts(ports, without_lead);
  neighbours::ProceedWithLeads(
      ports.leads, ports.reads, absl::Span<Opening* const>(with_lead),
      [](const Opening& call) {
        const v1::OpenOpportunityRequest& request = call.request();
        return ClaimOf(call.context(), request.opportunity(), request.opportunity_id());
      },
      [&ports](absl::Span<Opening* const> confirmed) { OpenForContacts(ports, confirmed); });
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

void CloneOpportunities(const Ports& ports,
                        Calls<v1::CloneOpportunityRequest, v1::CloneOpportunityResponse> calls) {
  using Creation = aggregate::Creation<Opportunity>;
  serving::CreateBatch(ports.opportunities, calls, [&](auto& call) -> absl::StatusOr<Creation> {
    const v1::CloneOpportunityRequest& request = call.request();
    const rpc::CallContext& context = call.context();
    const aggregate::Key key = serving::KeyOf(context, request.name(), kOpportunities);
    CRM_ASSIGN_OR_RETURN(
        const Opportunity source,
        ports.opportunities.Get(absl::MakeConstSpan(&key, 1), context.deadline).front());
    Creation creation;
    creation.aggregate = CloneOf(source, FactsToCopy(request));
    creation.aggregate.id = serving::NewId(ports, request.opportunity_id());
    if (!request.display_name().empty()) creation.aggregate.display_name = request.display_name();
    creation.request = serving::RequestOf(context, request);
    // In the batch, so that a repeated request gets its first answer whatever became of the source.
    creation.apply =
        [live = CheckLive(source),
         occasion = serving::OccasionOf(ports, context, request)](Opportunity& it) -> absl::Status {
      CRM_RETURN_IF_ERROR(live);
      CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
      return Open(it, *pipeline, occasion);
    };
    creation.answer = OpportunityAnswer<v1::CloneOpportunityResponse>;
    return creation;
  });
}

void DeleteOpportunities(const Ports& ports,
                         Calls<v1::DeleteOpportunityRequest, v1::DeleteOpportunityResponse> calls) {
  serving::AnswerMoves(ports.opportunities, kOpportunities, ports, calls,
                       OpportunityAnswer<v1::DeleteOpportunityResponse>,
                       [](Opportunity& it, const auto&, const Occasion& occasion) -> absl::Status {
                         CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
                         return Delete(it, *pipeline, occasion);
                       });
}

void UndeleteOpportunities(
    const Ports& ports,
    Calls<v1::UndeleteOpportunityRequest, v1::UndeleteOpportunityResponse> calls) {
  serving::AnswerMoves(ports.opportunities, kOpportunities, ports, calls,
                       OpportunityAnswer<v1::UndeleteOpportunityResponse>,
                       [](Opportunity& it, const auto&, const Occasion&) { return Undelete(it); });
}

}  // namespace crm::opportunity
