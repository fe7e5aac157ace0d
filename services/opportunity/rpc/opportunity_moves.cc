#include <utility>

#include "common/base/status.h"
#include "common/serving/batch_write.h"
#include "services/opportunity/rpc/occasion.h"
#include "services/opportunity/rpc/opportunity_service.h"

namespace crm::opportunity {
namespace {

// Answers a batch of one kind of move. `rule(opportunity, pipeline, request, occasion)` is the
// move. The requests live until the batch is answered, and so may be looked at from within the
// change.
template <class CallType, class Rule>
void MoveBatch(const Ports& ports, absl::Span<CallType* const> calls, Rule rule) {
  using Change = aggregate::Change<Opportunity>;
  serving::UpdateBatch(ports.repository, calls, [&](CallType& call) -> absl::StatusOr<Change> {
    const auto& request = call.request();
    Change change;
    change.key = KeyOf(call.context(), request.name());
    change.etag = request.etag();
    change.request = serving::RequestOf(call.context(), request);
    change.apply = [&request, rule,
                    occasion = MakeOccasion(call.context(), request, ports.clock.Now(),
                                            ports.ids.New())](Opportunity& it) -> absl::Status {
      CRM_ASSIGN_OR_RETURN(const Pipeline* const pipeline, PipelineOf(it));
      return rule(it, *pipeline, request, occasion);
    };
    change.answer = SerializedAnswer<typename CallType::Response>;
    return change;
  });
}

std::optional<base::Money> FinalAmount(const v1::WinOpportunityRequest& request) {
  if (!request.has_amount()) return std::nullopt;
  return base::Money{request.amount().currency_code(), request.amount().amount_minor()};
}

}  // namespace

void OpportunityRpc::Move(MoveMethod::Calls calls) {
  MoveBatch(
      ports_, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return opportunity::Move(it, pipeline, request.stage(), occasion, request.reason(),
                                 request.override_reason());
      });
}

void OpportunityRpc::Win(WinMethod::Calls calls) {
  MoveBatch(
      ports_, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return opportunity::Win(it, pipeline, occasion, FinalAmount(request),
                                request.override_reason());
      });
}

void OpportunityRpc::Lose(LoseMethod::Calls calls) {
  MoveBatch(
      ports_, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return opportunity::Lose(it, pipeline, occasion,
                                 static_cast<LossReason>(request.loss_reason()), request.note());
      });
}

void OpportunityRpc::Reopen(ReopenMethod::Calls calls) {
  MoveBatch(
      ports_, calls,
      [](Opportunity& it, const Pipeline& pipeline, const auto& request, const Occasion& occasion) {
        return opportunity::Reopen(it, pipeline, request.stage(), occasion, request.reason());
      });
}

}  // namespace crm::opportunity
