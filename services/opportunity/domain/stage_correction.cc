#include "services/opportunity/domain/stage_correction.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "services/opportunity/domain/move_rules.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/domain/stage_entry.h"
#include "services/opportunity/domain/stage_story.h"

namespace crm::opportunity {
namespace {

std::string ChangeName(const Opportunity& opportunity, int64_t version) {
  return absl::StrCat(NameOf(opportunity), "/stageChanges/", version);
}

// The index of the move that `version` stands for.
absl::StatusOr<size_t> FindPlace(const Opportunity& opportunity, const StageStory& story,
                                 absl::Span<const StageChange> history, int64_t version) {
  for (size_t i = 0; i < story.places.size(); ++i) {
    if (story.places[i].version == version) return i;
  }
  if (version < 1 || version > static_cast<int64_t>(history.size())) {
    return error::ReferenceNotFound("version", ChangeName(opportunity, version));
  }
  const auto by = std::find_if(history.begin(), history.end(), [version](const StageChange& it) {
    return it.correction && it.correction->version == version;
  });
  return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                             absl::StrCat("Stage change ", version, " is corrected already."))
      .With("supersededBy", absl::StrCat(by->version));
}

// The stage that the order names.
absl::StatusOr<const Stage*> FindStage(const Opportunity& opportunity, const Pipeline& pipeline,
                                       const Place& place, const std::string& key) {
  const Stage* const stage = pipeline.Find(key);
  if (stage == nullptr) return UnknownStage(pipeline, key);
  if (place.pipeline == pipeline.slug && place.type == StageType::kOpen &&
      stage->type == StageType::kOpen) {
    return stage;
  }
  return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                             "Only a move to an OPEN stage of the present pipeline can be "
                             "corrected to another, OPEN one.")
      .With("requested", key)
      .With("allowedStates", place.pipeline == pipeline.slug && place.type == StageType::kOpen
                                 ? OpenStages(pipeline)
                                 : std::string());
}

// What stands in place of `place`; kind and correction of a new change.
StageChange ChangeFor(const Place& place, const Stage* stage, absl::Time enter_time) {
  StageChange change;
  change.kind = ChangeKind::kCorrected;
  Correction& correction = change.correction.emplace();
  correction.version = place.version;
  correction.superseded_time = place.time;
  correction.enter_time_before = enter_time;
  if (stage == nullptr) {
    correction.stage = place.stage;
    correction.stage_key = place.stage_key;
    correction.stage_name = place.stage_name;
    correction.type = place.type;
    correction.probability = place.probability;
    correction.category = place.category;
  } else {
    correction.stage = stage->key;
    correction.stage_key = stage->SharedKey();
    correction.stage_name = stage->display_name;
    correction.type = stage->type;
    correction.probability = stage->probability;
    correction.category = stage->category;
  }
  return change;
}

// Refuses a time outside of [earliest, latest].
absl::Status CheckTime(absl::Time time, absl::Time earliest, absl::Time latest, absl::Time now) {
  if (time >= earliest && time <= latest) return absl::OkStatus();
  const auto text = [](absl::Time it) {
    return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", it, absl::UTCTimeZone());
  };
  const absl::string_view rule = time > now        ? "must not be in the future"
                                 : time < earliest ? "must not be before the move before it"
                                                   : "must not be after the move after it";
  error::Error refusal(absl::StatusCode::kInvalidArgument, error::kEffectiveTimeInvalid,
                       absl::StrCat("The effective time ", rule, "."));
  if (earliest > absl::InfinitePast()) refusal.With("earliest", text(earliest));
  return refusal.With("latest", text(latest)).Violation("effective_time", rule);
}

// Refuses a correction of move `corrected` that would put the moves of `story` out of their order.
absl::Status CheckOrder(const StageStory& story, size_t corrected, absl::Time now) {
  const Place& place = story.places[corrected];
  absl::Time earliest = absl::InfinitePast();
  absl::Time latest = now;
  for (const StageVisit& visit : story.visits) {
    const absl::Time time = visit.enter_time;
    if (visit.place < corrected) earliest = std::max(earliest, time);
    if (visit.place > corrected) latest = std::min(latest, time);
  }
  CRM_RETURN_IF_ERROR(CheckTime(place.time, earliest, latest, now));
  const std::optional<size_t> disorder = FirstDisorder(story);
  if (!disorder) return absl::OkStatus();
  // A move that led nowhere leads somewhere now, at a time that does not fit.
  const std::string version = absl::StrCat(story.places[*disorder].version);
  return error::Error(absl::StatusCode::kInvalidArgument, error::kEffectiveTimeInvalid,
                      absl::StrCat("The effective time of stage change ", version,
                                   " would be out of order; correct that first."))
      .With("version", version);
}

}  // namespace

absl::Status CorrectChange(Opportunity& opportunity, const Pipeline& pipeline,
                           absl::Span<const StageChange> history, const CorrectionOrder& order,
                           const Occasion& occasion) {
  CRM_RETURN_IF_ERROR(CheckLive(opportunity));
  if (static_cast<int64_t>(history.size()) != opportunity.stage_version) {
    return error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                        "The opportunity has moved meanwhile.");
  }
  CRM_ASSIGN_OR_RETURN(const StageStory told, Replay(history));
  CRM_ASSIGN_OR_RETURN(const size_t at, FindPlace(opportunity, told, history, order.version));
  const Place& place = told.places[at];
  const Stage* stage = nullptr;
  if (!order.stage.empty() && order.stage != place.stage) {
    CRM_ASSIGN_OR_RETURN(stage, FindStage(opportunity, pipeline, place, order.stage));
  }
  const absl::Time time = occasion.effective_time.value_or(place.time);
  if (stage == nullptr && time == place.time) {
    return error::FieldInvalid(order.stage.empty() ? "effective_time" : "stage",
                               "must say something else than the change that is to be corrected");
  }
  std::vector<StageChange> changes(history.begin(), history.end());
  StageChange change = ChangeFor(place, stage, told.enter_time());
  change.version = opportunity.stage_version + 1;
  change.effective_time = time;
  changes.push_back(change);
  CRM_ASSIGN_OR_RETURN(const StageStory now_told, Replay(changes));
  CRM_RETURN_IF_ERROR(CheckOrder(now_told, at, occasion.now));

  change.before = FactsOf(opportunity, pipeline);
  change.reason = order.reason;
  change.correction->enter_time = now_told.enter_time();
  if (now_told.present().stage != opportunity.stage) {
    const Stage* const present = pipeline.Find(now_told.present().stage);
    if (present == nullptr) return NotInPipeline(opportunity, pipeline);
    SetStage(opportunity, *present, now_told.enter_time());
  }
  opportunity.stage_enter_time = now_told.enter_time();
  opportunity.open_time = now_told.open_time();
  opportunity.close_time = now_told.close_time();
  AppendChange(opportunity, pipeline, time, occasion, std::move(change));
  return absl::OkStatus();
}

}  // namespace crm::opportunity
