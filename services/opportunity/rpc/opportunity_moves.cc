#include "services/opportunity/domain/opportunity_moves.h"
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "common/serving/changes.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

// Answers a batch of one kind of move, `rule(opportunity, pipeline, request, occasion)`.
template <class CallType, class Rule>
void MoveBatch(const Ports& ports, absl::Span<CallType* const> calls, Rule rule) {
  serving::AnswerMoves(
      ports.opportunities, kOpportunities, ports, calls,
      OpportunityAnswer<typename CallType::Response>,
      [rule](Opportunity& it, const auto& request, const Occasion& occasion) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
        return rule(it, *pipeline, request, occasion);
      });
}

std::optional<base::Money> FinalAmount(const v1::WinOpportunityRequest& request) {
  if (!request.has_amount()) return std::nullopt;
  return rpc::MoneyFrom(request.amount());
}

}  // namespace

void MoveOpportunities(const Ports& ports,
                       Calls<v1::MoveOpportunityRequest, v1::MoveOpportunityResponse> calls) {
  MoveBatch(
      ports, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return Move(it, pipeline, request.stage(), occasion, request.reason(),
                    request.override_reason());
      });
}

void WinOpportunities(const Ports& ports,
                      Calls<v1::WinOpportunityRequest, v1::WinOpportunityResponse> calls) {
  MoveBatch(
      ports, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return Win(it, pipeline, occasion, FinalAmount(request), request.override_reason());
      });
}

void LoseOpportunities(const Ports& ports,
                       Calls<v1::LoseOpportunityRequest, v1::LoseOpportunityResponse> calls) {
  MoveBatch(
      ports, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return Lose(it, pipeline, occasion, static_cast<LossReason>(request.loss_reason()),
                    request.note());
      });
}

void ReopenOpportunities(const Ports& ports,
                         Calls<v1::ReopenOpportunityRequest, v1::ReopenOpportunityResponse> calls) {
  MoveBatch(
      ports, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return Reopen(it, pipeline, request.stage(), occasion, request.reason());
      });
}

void MoveToPipelines(const Ports& ports,
                     Calls<v1::MoveToPipelineRequest, v1::MoveToPipelineResponse> calls) {
  using CallType = rpc::Call<v1::MoveToPipelineRequest, v1::MoveToPipelineResponse>;
  serving::UpdateBatch(
      ports.opportunities, calls,
      [&](const CallType& call) -> absl::StatusOr<aggregate::Change<Opportunity>> {
        const v1::MoveToPipelineRequest& request = call.request();
        const rpc::CallContext& context = call.context();
        // Read before the opportunity is locked: a stage that is removed meanwhile has a successor.
        absl::StatusOr<Definition> target = ports.pipeline_reads.Current(
            {context.tenant, std::string(*rpc::ParseSlugName(request.pipeline(), kPipelines))},
            context.deadline);
        auto change = serving::ChangeOf<Opportunity>(call, request, kOpportunities);
        change.apply = [&request, target = std::move(target),
                        occasion = serving::OccasionOf(ports, context, request)](
                           Opportunity& it) -> absl::Status {
          CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
          if (absl::IsNotFound(target.status())) {
            return error::ReferenceNotFound("pipeline", request.pipeline());
          }
          CRM_RETURN_IF_ERROR(target.status());
          return MoveToPipeline(it, *pipeline, *target, request.stage(), occasion, request.reason(),
                                request.override_reason());
        };
        change.answer = OpportunityAnswer<v1::MoveToPipelineResponse>;
        return change;
      });
}

}  // namespace crm::opportunity
