#include "services/opportunity/store/opportunity_stages.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/error/error.h"
#include "common/stage/move_record.h"

namespace crm::opportunity {
namespace {

std::string TypeName(StageType type) { return std::string(base::NameOf(kStageTypeNames, type)); }

std::string CategoryName(ForecastCategory category) {
  return std::string(base::NameOf(kForecastCategoryNames, category));
}

void SetBefore(const StageFacts& facts, stage::StageRecord& record) {
  record.from_pipeline = PipelineName(facts.pipeline);
  record.from_stage = facts.stage;
  record.from_stage_key = facts.stage_key;
  record.from_name = facts.stage_name;
  record.from_type = TypeName(facts.type);
  record.amount_before = facts.amount;
  record.probability_before = facts.probability;
  record.category_before = CategoryName(facts.category);
  record.close_date_before = facts.close_date;
}

void SetAfter(const StageFacts& facts, stage::StageRecord& record) {
  record.to_pipeline = PipelineName(facts.pipeline);
  record.to_stage = facts.stage;
  record.to_stage_key = facts.stage_key;
  record.to_name = facts.stage_name;
  record.to_type = TypeName(facts.type);
  record.amount_after = facts.amount;
  record.probability_after = facts.probability;
  record.category_after = CategoryName(facts.category);
  record.close_date_after = facts.close_date;
}

stage::StageCorrection CorrectionOf(const Correction& it) {
  return {it.version,           it.stage,       TypeName(it.type),         it.stage_key,
          it.stage_name,        it.probability, CategoryName(it.category), it.superseded_time,
          it.enter_time_before, it.enter_time};
}

// Words that may be unknown.
class Words {
 public:
  template <class E, size_t kRows>
  E Read(const base::EnumName<E> (&table)[kRows], absl::string_view name, E otherwise) {
    const std::optional<E> value = base::ValueOf(table, name);
    known_ &= value.has_value();
    return value.value_or(otherwise);
  }
  // The same where the word may be missing.
  template <class E, size_t kRows>
  std::optional<E> ReadIfAny(const base::EnumName<E> (&table)[kRows], absl::string_view name) {
    if (name.empty()) return std::nullopt;
    const std::optional<E> value = base::ValueOf(table, name);
    known_ &= value.has_value();
    return value;
  }
  bool known() const { return known_; }

 private:
  bool known_ = true;
};

// Every opportunity was in this pipeline before there were others.
std::string PipelineIn(absl::string_view name) {
  return std::string(name.empty() ? kDefaultPipeline : absl::StripPrefix(name, "pipelines/"));
}

// What kind of move it was that a row of before the kinds holds.
ChangeKind KindByTypes(const StageChange& change) {
  if (!change.before) return ChangeKind::kOpened;
  switch (change.after.type) {
    case StageType::kWon:
      return ChangeKind::kWon;
    case StageType::kLost:
      return ChangeKind::kLost;
    case StageType::kOpen:
      return change.before->type == StageType::kOpen ? ChangeKind::kMoved : ChangeKind::kReopened;
  }
  return ChangeKind::kMoved;
}

StageFacts BeforeOf(stage::HistoryEntry& entry, Words& words) {
  StageFacts facts;
  facts.pipeline = PipelineIn(entry.from_pipeline);
  facts.stage = std::move(entry.from_stage);
  facts.stage_key = std::move(entry.from_stage_key);
  facts.stage_name = std::move(entry.from_name);
  facts.type = words.Read(kStageTypeNames, entry.from_type, StageType::kOpen);
  facts.amount = std::move(entry.amount_before);
  facts.probability = entry.probability_before.value_or(0);
  facts.category = words.ReadIfAny(kForecastCategoryNames, entry.category_before)
                       .value_or(ForecastCategory::kPipeline);
  facts.close_date = entry.close_date_before;
  return facts;
}

StageFacts AfterOf(stage::HistoryEntry& entry, Words& words) {
  StageFacts facts;
  facts.pipeline = PipelineIn(entry.to_pipeline);
  facts.stage = std::move(entry.to_stage);
  facts.stage_key = std::move(entry.to_stage_key);
  facts.stage_name = std::move(entry.to_name);
  facts.type = words.Read(kStageTypeNames, entry.to_type, StageType::kOpen);
  facts.amount = std::move(entry.amount);
  facts.probability = entry.probability.value_or(0);
  facts.category = words.Read(kForecastCategoryNames, entry.category, ForecastCategory::kPipeline);
  facts.close_date = entry.close_date;
  return facts;
}

Correction CorrectionIn(stage::StageCorrection& entry, Words& words) {
  return {entry.version,
          std::move(entry.stage),
          std::move(entry.stage_key),
          std::move(entry.stage_name),
          words.Read(kStageTypeNames, entry.type, StageType::kOpen),
          entry.probability.value_or(0),
          words.Read(kForecastCategoryNames, entry.category, ForecastCategory::kPipeline),
          entry.superseded_effective,
          entry.enter_time_before,
          entry.enter_time};
}

}  // namespace

stage::StageRecord StageRecordOf(const Opportunity& opportunity, const StageChange& change) {
  stage::StageRecord record =
      stage::MoveRecord("opportunity", {opportunity.tenant, opportunity.id}, change);
  record.change_kind = std::string(base::NameOf(kChangeKindNames, change.kind));
  if (change.before) SetBefore(*change.before, record);
  SetAfter(change.after, record);
  record.time_in_previous = change.time_in_previous_stage;
  if (change.loss_reason)
    record.reason = std::string(base::NameOf(kLossReasonNames, *change.loss_reason));
  if (change.stage_retired) record.reason = std::string(kPipelineChangedReason);
  record.note = change.reason;
  record.overridden = !change.overridden_gates.empty();
  record.gates = change.overridden_gates;
  record.met_gates = change.met_gates;
  if (change.correction) record.correction = CorrectionOf(*change.correction);
  record.contact = absl::StrCat("contacts/", opportunity.contact.ToString());
  if (opportunity.lead) record.lead = absl::StrCat("leads/", opportunity.lead->ToString());
  record.opportunity = NameOf(opportunity);
  record.correlation_id = record.lead.empty() ? record.opportunity : record.lead;
  return record;
}

absl::StatusOr<StageChange> ChangeOf(const base::Uuid& opportunity, stage::HistoryEntry entry,
                                     std::optional<absl::Time> previous) {
  Words words;
  StageChange change;
  change.event_id = entry.event_id;
  change.version = entry.version;
  if (!entry.from_stage.empty()) change.before = BeforeOf(entry, words);
  change.after = AfterOf(entry, words);
  change.effective_time = entry.effective;
  change.record_time = entry.recorded;
  change.actor = std::move(entry.actor);
  change.owner = std::move(entry.owner);
  change.reason = std::move(entry.note);
  change.stage_retired = entry.reason == kPipelineChangedReason;
  if (!change.stage_retired) {
    change.loss_reason = words.ReadIfAny(kLossReasonNames, entry.reason);
  }
  change.overridden_gates = std::move(entry.gates);
  change.met_gates = std::move(entry.met_gates);
  change.request_id = std::move(entry.request_id);
  if (entry.correction) change.correction = CorrectionIn(*entry.correction, words);
  change.superseded_by = entry.superseded_by;
  change.kind = words.ReadIfAny(kChangeKindNames, entry.change_kind).value_or(KindByTypes(change));
  if (entry.time_in_previous) {
    change.time_in_previous_stage = entry.time_in_previous;
  } else if (previous && !change.correction) {
    change.time_in_previous_stage = entry.effective - *previous;
  }
  if (words.known()) return change;
  return error::DataDamaged(OpportunityName(opportunity))
      .Private(absl::StrCat("unknown word in stage change ", change.version));
}

}  // namespace crm::opportunity
