#include "services/opportunity/domain/opportunity_moves.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/status_bridge.h"
#include "common/serving/changes.h"
#include "services/opportunity/domain/stage_correction.h"
#include "services/opportunity/rpc/opportunity_handlers.h"
#include "services/opportunity/rpc/pipeline_proto.h"

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

absl::Status MoveBy(Opportunity& it, const Pipeline& pipeline,
                    const v1::MoveOpportunityRequest& request, const Occasion& occasion) {
  return Move(it, pipeline, request.stage(), occasion, request.reason(), request.override_reason());
}

// One of the moves of a batch.
aggregate::Change<Opportunity> MoveChange(const Ports& ports, const rpc::CallContext& context,
                                          const v1::MoveOpportunityRequest& request) {
  auto change = serving::ChangeOf<Opportunity>(context, request, request, kOpportunities);
  change.answer = OpportunityAnswer<v1::MoveOpportunityResponse>;
  change.apply = [&request, occasion = serving::OccasionOf(ports, context, request)](
                     Opportunity& it) -> absl::Status {
    CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
    return MoveBy(it, *pipeline, request, occasion);
  };
  return change;
}

constexpr absl::string_view kErrorDomain = "crm.opportunity.v1";

}  // namespace

void MoveOpportunities(const Ports& ports,
                       Calls<v1::MoveOpportunityRequest, v1::MoveOpportunityResponse> calls) {
  MoveBatch(ports, calls, MoveBy);
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
                    request.note(), request.competitor());
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

absl::Status BatchMoveOpportunities(const Ports& ports, const rpc::CallContext& context,
                                    const v1::BatchMoveOpportunitiesRequest& request,
                                    v1::BatchMoveOpportunitiesResponse& response) {
  std::vector<aggregate::Change<Opportunity>> changes;
  for (const v1::MoveOpportunityRequest& one : request.requests()) {
    changes.push_back(MoveChange(ports, context, one));
  }
  std::vector<aggregate::Change<Opportunity>*> pointers;
  for (aggregate::Change<Opportunity>& change : changes) pointers.push_back(&change);
  ports.opportunities.Update(pointers, context.deadline);
  const bool none = std::all_of(changes.begin(), changes.end(), [](const auto& change) {
    return serving::Unreached(change.outcome.status());
  });
  if (none) return changes.front().outcome.status();
  for (const aggregate::Change<Opportunity>& change : changes) {
    v1::BatchMoveResult& result = *response.add_results();
    if (change.outcome.ok()) {
      v1::MoveOpportunityResponse moved;
      moved.ParseFromString(change.outcome->bytes);
      *result.mutable_opportunity() = std::move(*moved.mutable_opportunity());
    } else {
      rpc::ToRpcStatus(change.outcome.status(), kErrorDomain, result.mutable_error());
    }
  }
  return absl::OkStatus();
}

// The history is read before the opportunity is locked; the rule notices if it has grown by then.
absl::Status CorrectStageChange(const Ports& ports, const rpc::CallContext& context,
                                const v1::CorrectStageChangeRequest& request,
                                v1::CorrectStageChangeResponse& response) {
  constexpr int kMostTries = 5;
  const CorrectionOrder order{request.version(), request.stage(), request.reason()};
  const Occasion occasion = serving::OccasionOf(ports, context, request);
  auto change = serving::ChangeOf<Opportunity>(context, request, request, kOpportunities);
  change.answer = OpportunityAnswer<v1::CorrectStageChangeResponse>;
  for (int i = 0; i < kMostTries; ++i) {
    CRM_ASSIGN_OR_RETURN(const std::vector<StageChange> history,
                         ports.reads.WholeHistory(change.key, context.deadline));
    change.apply = [&](Opportunity& it) -> absl::Status {
      CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
      return CorrectChange(it, *pipeline, history, order, occasion);
    };
    aggregate::Change<Opportunity>* const changes[] = {&change};
    ports.opportunities.Update(changes, context.deadline);
    if (error::ReasonOf(change.outcome.status()) != error::kWriteConflict) break;
  }
  if (!change.outcome.ok()) return change.outcome.status();
  response.ParseFromString(change.outcome->bytes);
  return absl::OkStatus();
}

void MoveToPipelines(const Ports& ports,
                     Calls<v1::MoveToPipelineRequest, v1::MoveToPipelineResponse> calls) {
  using CallType = rpc::Call<v1::MoveToPipelineRequest, v1::MoveToPipelineResponse>;
  serving::UpdateBatch(ports.opportunities, calls,
                       [&](const CallType& call) -> absl::StatusOr<aggregate::Change<Opportunity>> {
                         const v1::MoveToPipelineRequest& request = call.request();
                         const rpc::CallContext& context = call.context();
                         // Read before the opportunity is locked: a stage that is removed meanwhile
                         // has a successor.
                         absl::StatusOr<Definition> target = ports.pipeline_reads.Current(
                             {context.tenant, SlugIn(request.pipeline())}, context.deadline);
                         auto change =
                             serving::ChangeOf<Opportunity>(call, request, kOpportunities);
                         change.apply = [&request, target = std::move(target),
                                         occasion = serving::OccasionOf(ports, context, request)](
                                            Opportunity& it) -> absl::Status {
                           CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
                           if (absl::IsNotFound(target.status())) {
                             return error::ReferenceNotFound("pipeline", request.pipeline());
                           }
                           CRM_RETURN_IF_ERROR(target.status());
                           return MoveToPipeline(it, *pipeline, *target, request.stage(), occasion,
                                                 request.reason(), request.override_reason());
                         };
                         change.answer = OpportunityAnswer<v1::MoveToPipelineResponse>;
                         return change;
                       });
}

}  // namespace crm::opportunity
