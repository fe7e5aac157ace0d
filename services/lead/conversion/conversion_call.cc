#include "services/lead/conversion/conversion_call.h"

#include <utility>

#include "services/lead/conversion/opportunity_attempt.h"
#include "services/lead/domain/lead_conversion.h"

namespace crm::lead {

Conversion ConversionOf(const ConversionCall& call) {
  Conversion conversion;
  conversion.id = ConversionIdOf(call.lead.tenant, call.request.id);
  conversion.request_id = call.request.id;
  conversion.request_hash = call.request.hash;
  conversion.opportunity = OpportunityIdOf(conversion.id, call.plan);
  conversion.plan = call.plan;
  conversion.actor = call.occasion.actor;
  conversion.traceparent = call.occasion.traceparent;
  return conversion;
}

std::vector<AskedConversion> AnswerKnown(ConversionStore& store,
                                         absl::Span<ConversionCall* const> calls,
                                         base::Deadline deadline) {
  std::vector<ConversionQuestion> questions;
  questions.reserve(calls.size());
  for (const ConversionCall* call : calls) {
    questions.push_back(
        {call->lead.tenant, call->request.id, ConversionIdOf(call->lead.tenant, call->request.id)});
  }
  absl::StatusOr<std::vector<absl::StatusOr<KnownConversion>>> known =
      store.LookUp(questions, deadline);
  std::vector<AskedConversion> fresh;
  for (size_t i = 0; i < calls.size(); ++i) {
    ConversionCall& call = *calls[i];
    if (!known.ok() || !(*known)[i].ok()) {
      call.outcome = known.ok() ? (*known)[i].status() : known.status();
      continue;
    }
    KnownConversion& item = *(*known)[i];
    const bool other_answer = item.answered_hash && *item.answered_hash != call.request.hash;
    const bool other_conversion =
        item.lead && (*item.lead != call.lead.id || item.conversion_hash != call.request.hash);
    if (other_answer || other_conversion) {
      call.outcome = RequestIdReused(call.request.id);
    } else if (item.answered_hash) {
      call.outcome = std::move(item.answer);
      call.replayed = true;
    } else if (const auto answer = AnswerWithoutAttempt(item)) {
      call.outcome = *answer;
    } else {
      fresh.push_back({&call, item.refused_since});
    }
  }
  return fresh;
}

}  // namespace crm::lead
