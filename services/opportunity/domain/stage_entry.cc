#include "services/opportunity/domain/stage_entry.h"

#include <utility>

namespace crm::opportunity {

StageFacts FactsOf(const Opportunity& opportunity, const Pipeline& pipeline) {
  StageFacts facts;
  facts.pipeline = pipeline.slug;
  facts.stage = opportunity.stage;
  if (const Stage* const stage = pipeline.FindAny(opportunity.stage)) {
    facts.stage_key = stage->SharedKey();
    facts.stage_name = stage->display_name;
  }
  facts.type = opportunity.stage_type;
  facts.amount = opportunity.amount;
  facts.probability = opportunity.probability;
  facts.category = opportunity.category;
  facts.close_date = opportunity.expected_close_date;
  return facts;
}

void SetStage(Opportunity& opportunity, const Stage& to, absl::Time enter_time) {
  opportunity.stage = to.key;
  opportunity.stage_type = to.type;
  opportunity.probability = to.probability;
  opportunity.probability_manual = false;
  opportunity.category = to.category;
  opportunity.category_manual = false;
  opportunity.stage_enter_time = enter_time;
  if (to.type == StageType::kOpen) {
    opportunity.close_time.reset();
  } else {
    opportunity.close_time = enter_time;
  }
  if (to.type != StageType::kLost) {
    opportunity.loss_reason.reset();
    opportunity.loss_note.clear();
  }
}

void AppendChange(Opportunity& opportunity, const Pipeline& pipeline, absl::Time effective_time,
                  const Occasion& occasion, StageChange change) {
  change.version = ++opportunity.stage_version;
  change.event_id = occasion.event_id;
  change.after = FactsOf(opportunity, pipeline);
  change.effective_time = effective_time;
  change.record_time = occasion.now;
  change.actor = occasion.actor;
  change.owner = opportunity.owner;
  change.request_id = occasion.request_id;
  change.traceparent = occasion.traceparent;
  opportunity.stage_changes.push_back(std::move(change));
}

}  // namespace crm::opportunity
