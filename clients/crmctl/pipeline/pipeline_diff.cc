#include "clients/crmctl/pipeline/pipeline_diff.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <utility>

#include "clients/crmctl/message_fields.h"

namespace crm::crmctl {
namespace {

using opportunity::v1::Pipeline;
using opportunity::v1::Stage;

const Stage* Find(const Pipeline& pipeline, const std::string& key) {
  for (const Stage& stage : pipeline.stages()) {
    if (stage.key() == key) return &stage;
  }
  return nullptr;
}

void FillDefaults(Stage& stage) {
  using namespace opportunity::v1;  // NOLINT: its enums
  stage.clear_position();
  if (stage.stage_key().empty()) stage.set_stage_key(stage.key());
  if (stage.type() == STAGE_TYPE_UNSPECIFIED) stage.set_type(STAGE_TYPE_OPEN);
  if (stage.type() == STAGE_TYPE_OPEN) return;
  const bool won = stage.type() == STAGE_TYPE_WON;
  if (!stage.has_probability()) stage.set_probability(won ? 100 : 0);
  if (stage.forecast_category() == FORECAST_CATEGORY_UNSPECIFIED) {
    stage.set_forecast_category(won ? FORECAST_CATEGORY_CLOSED : FORECAST_CATEGORY_OMITTED);
  }
}

// What people read of a stage, field by field.
std::vector<std::pair<std::string, std::string>> TextsOf(const Stage& stage) {
  std::vector<std::string> gates;
  for (const auto& gate : stage.gates()) gates.push_back(GateText(gate));
  return {{"display_name", stage.display_name()},
          {"type", FieldText(stage, "type")},
          {"probability", FieldText(stage, "probability")},
          {"forecast_category", FieldText(stage, "forecast_category")},
          {"gates", absl::StrJoin(gates, ", ")},
          {"next_stages", absl::StrJoin(stage.next_stages(), ", ")},
          {"stage_key", stage.stage_key()}};
}

std::string Keys(const Pipeline& pipeline) {
  std::vector<std::string> keys;
  for (const Stage& stage : pipeline.stages()) keys.push_back(stage.key());
  return absl::StrJoin(keys, ", ");
}

// The keys of `pipeline` that `other` has too, in order.
std::string SharedKeys(const Pipeline& pipeline, const Pipeline& other) {
  std::vector<std::string> keys;
  for (const Stage& stage : pipeline.stages()) {
    if (Find(other, stage.key()) != nullptr) keys.push_back(stage.key());
  }
  return absl::StrJoin(keys, ", ");
}

std::string Shown(const std::string& text) { return text.empty() ? "nothing" : text; }

class Lines {
 public:
  void Changed(const std::string& what, const std::string& before, const std::string& after) {
    if (before == after) return;
    lines_.push_back(absl::StrCat("~ ", what, ": ", Shown(before), " → ", Shown(after)));
  }
  void Added(const Stage& stage) {
    std::vector<std::string> texts;
    for (const auto& [name, value] : TextsOf(stage)) {
      if (!value.empty()) texts.push_back(absl::StrCat(name, " ", value));
    }
    lines_.push_back(absl::StrCat("+ stage ", stage.key(), ": ", absl::StrJoin(texts, "; ")));
  }
  void Add(std::string line) { lines_.push_back(std::move(line)); }

  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void CompareStages(const Pipeline& before, const Pipeline& after,
                   const std::map<std::string, std::string>& successors, Lines& lines) {
  for (const Stage& stage : after.stages()) {
    const Stage* const old = Find(before, stage.key());
    if (old == nullptr) {
      lines.Added(stage);
      continue;
    }
    const auto texts = TextsOf(stage);
    const auto old_texts = TextsOf(*old);
    for (size_t i = 0; i < texts.size(); ++i) {
      lines.Changed(absl::StrCat("stage ", stage.key(), ": ", texts[i].first), old_texts[i].second,
                    texts[i].second);
    }
  }
  for (const std::string& key : RemovedStages(before, after)) {
    const auto successor = successors.find(key);
    lines.Add(absl::StrCat("- stage ", key, ": its opportunities go to ",
                           successor == successors.end() ? "?" : successor->second));
  }
  if (SharedKeys(before, after) != SharedKeys(after, before)) {
    lines.Changed("order of stages", Keys(before), Keys(after));
  }
}

}  // namespace

Pipeline Definition(const Pipeline& pipeline) {
  Pipeline plain;
  plain.set_name(pipeline.name());
  plain.set_display_name(pipeline.display_name());
  plain.set_description(pipeline.description());
  *plain.mutable_stages() = pipeline.stages();
  for (Stage& stage : *plain.mutable_stages()) FillDefaults(stage);
  return plain;
}

std::vector<std::string> Differences(const Pipeline* before, const Pipeline& after,
                                     const std::map<std::string, std::string>& successors) {
  Lines lines;
  const Pipeline old = before == nullptr ? Pipeline() : Definition(*before);
  const Pipeline now = Definition(after);
  if (before == nullptr) lines.Add(absl::StrCat("+ ", now.name()));
  lines.Changed("display_name", old.display_name(), now.display_name());
  lines.Changed("description", old.description(), now.description());
  CompareStages(old, now, successors, lines);
  return lines.Take();
}

std::string GateText(const opportunity::v1::Gate& gate) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : FieldTexts(gate)) parts.push_back(value);
  return absl::StrJoin(parts, " ");
}

std::vector<std::string> RemovedStages(const Pipeline& before, const Pipeline& after) {
  std::vector<std::string> removed;
  for (const Stage& stage : before.stages()) {
    if (Find(after, stage.key()) == nullptr) removed.push_back(stage.key());
  }
  return removed;
}

}  // namespace crm::crmctl
