#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <iterator>

#include "clients/crmctl/import/mapping_parts.h"
#include "common/base/text.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

struct PlaceRule {
  const char* word;
  Target target;
  bool deal, lead, opportunity;  // whose rows may be there
};
constexpr PlaceRule kPlaces[] = {{"NEW", Target::kNew, true, true, false},
                                 {"WORKING", Target::kWorking, true, true, false},
                                 {"QUALIFIED", Target::kQualified, true, true, false},
                                 {"DISQUALIFIED", Target::kDisqualified, true, true, false},
                                 {"OPEN", Target::kOpen, true, false, true},
                                 {"WON", Target::kWon, true, false, true},
                                 {"LOST", Target::kLost, true, false, true}};
const FieldRule kStageDate = {"stage_dates", FieldKind::kDate, 0, false};

bool Allows(const PlaceRule& rule, Entity entity) {
  if (entity == Entity::kLead) return rule.lead;
  return entity == Entity::kOpportunity ? rule.opportunity : rule.deal;
}

std::string PlacesOf(Entity entity) {
  std::vector<std::string> words;
  for (const PlaceRule& each : kPlaces) {
    if (Allows(each, entity)) words.push_back(each.word);
  }
  return absl::StrJoin(words, ", ");
}

void ReadPlace(const json& value, const std::string& place, Entity entity, StageTarget* target,
               JsonChecks* checks) {
  if (value.is_object()) {
    checks->Known(value, place, {"state", "stage"});
    target->stage = checks->Text(value, place, "stage", true);
    if (!target->stage.empty() && !base::IsKey(target->stage)) {
      checks->Violation(JsonChecks::Path(place, "stage"), "is no key of a stage");
    }
  }
  const std::string word = value.is_string() ? value.get<std::string>()
                           : value.is_object() && value.contains("state")
                               ? checks->Text(value, place, "state", true)
                               : "OPEN";
  const auto* const rule = std::find_if(
      std::begin(kPlaces), std::end(kPlaces),
      [&](const PlaceRule& each) { return word == each.word && Allows(each, entity); });
  if (rule == std::end(kPlaces) || (!value.is_string() && !value.is_object())) {
    return checks->Violation(place, absl::StrCat("must be ", PlacesOf(entity)));
  }
  target->target = rule->target;
}

void ReadPlaces(const json& node, const std::string& at, FileMapping* file, JsonChecks* checks) {
  const std::string here = JsonChecks::Path(at, "stages");
  const auto stages = node.find("stages");
  const bool sales = IsSale(file->entity);
  if (stages == node.end()) {
    if (sales) checks->Violation(here, "is required");
    return;
  }
  if (!sales) return checks->Violation(here, "is for deals only");
  if (!stages->is_object() || stages->empty()) {
    return checks->Violation(here, "must be an object of at least one stage");
  }
  for (const auto& [key, value] : stages->items()) {
    StageTarget target;
    ReadPlace(value, JsonChecks::Path(here, key), file->entity, &target, checks);
    file->stages.Add(key, target);
  }
}

// Whether the mapping has `key`, which is for what goes through a pipeline.
bool IsGiven(const json& node, const std::string& at, const char* key, const char* what,
             const FileMapping& file, JsonChecks* checks) {
  const auto it = node.find(key);
  if (it == node.end()) return false;
  if (it->is_object() && IsSale(file.entity) && file.entity != Entity::kLead) return true;
  checks->Violation(JsonChecks::Path(at, key),
                    absl::StrCat("must be an object", what, ", for deals and opportunities"));
  return false;
}

void ReadDates(const json& node, const std::string& at, FileMapping* file, JsonChecks* checks) {
  if (!IsGiven(node, at, "stage_dates", " of stages", *file, checks)) return;
  const std::string here = JsonChecks::Path(at, "stage_dates");
  for (const auto& [stage, value] : node.at("stage_dates").items()) {
    if (!base::IsKey(stage)) {
      checks->Violation(JsonChecks::Path(here, stage), "is no key of a stage");
    }
    file->stage_dates[stage] = ReadSource(value, JsonChecks::Path(here, stage), kStageDate, checks);
  }
}

void ReadHistory(const json& node, const std::string& at, StageHistory* history,
                 JsonChecks* checks) {
  checks->Known(node, at, {"file", "on", "stage", "time"});
  history->file = checks->Text(node, at, "file", true);
  history->stage = checks->Text(node, at, "stage", true);
  ReadAgreement(node, at, &history->own, &history->other, checks);
  const std::string here = JsonChecks::Path(at, "time");
  if (!node.contains("time")) return checks->Violation(here, "is required");
  history->time = ReadSource(node.at("time"), here, kStageDate, checks);
  if (history->time.from != ValueSource::From::kColumn) {
    checks->Violation(here, "must be a column");
  }
}

}  // namespace

void ReadStages(const json& node, const std::string& at, FileMapping* file, JsonChecks* checks) {
  ReadPlaces(node, at, file, checks);
  ReadDates(node, at, file, checks);
  if (IsGiven(node, at, "stage_history", "", *file, checks)) {
    ReadHistory(node.at("stage_history"), JsonChecks::Path(at, "stage_history"), &file->history,
                checks);
  }
}

}  // namespace crm::crmctl
