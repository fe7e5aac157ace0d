#include "services/opportunity/domain/pipeline_rules.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/text.h"
#include "services/opportunity/domain/opportunity_rules.h"

namespace crm::opportunity {
namespace {

using Stages = std::vector<Stage>;

std::string At(size_t stage, absl::string_view field) {
  return absl::StrCat("stages[", stage, "].", field);
}

void CheckCount(const Stages& stages, Violations& out) {
  if (stages.size() < kFewestStages || stages.size() > kMostStages) {
    out.push_back({"stages", absl::StrCat("must be ", kFewestStages, " to ", kMostStages)});
  }
}

// OPEN…, WON, LOST.
void CheckTypes(const Stages& stages, Violations& out) {
  const auto count = [&stages](StageType type) {
    return std::count_if(stages.begin(), stages.end(),
                         [type](const Stage& stage) { return stage.type == type; });
  };
  if (count(StageType::kOpen) == 0) out.push_back({"stages", "must have an OPEN stage"});
  if (count(StageType::kWon) != 1) out.push_back({"stages", "must have exactly one WON stage"});
  if (count(StageType::kLost) != 1) out.push_back({"stages", "must have exactly one LOST stage"});
}

void CheckOrder(const Stages& stages, Violations& out) {
  StageType last = StageType::kOpen;
  for (size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].type < last) {
      out.push_back({At(i, "type"), "must come in the order OPEN, WON, LOST"});
    }
    last = std::max(last, stages[i].type);
  }
}

constexpr char kKeyForm[] = "must be 1 to 63 of a-z, 0-9 and _, beginning with a letter";
constexpr char kNotUnique[] = "must be unique in the pipeline";

// Whether a stage before the i-th fulfils the predicate.
template <class Predicate>
bool AnyBefore(const Stages& stages, size_t i, const Predicate& predicate) {
  return std::any_of(stages.begin(), stages.begin() + static_cast<ptrdiff_t>(i), predicate);
}

void CheckKeys(const Stages& stages, Violations& out) {
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    if (!base::IsKey(stage.key)) {
      out.push_back({At(i, "key"), kKeyForm});
    } else if (AnyBefore(stages, i, [&](const Stage& other) { return other.key == stage.key; })) {
      out.push_back({At(i, "key"), kNotUnique});
    }
  }
}

// A stage without a stage_key goes by its key, which no other must have for its own.
void CheckStageKeys(const Stages& stages, Violations& out) {
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    const auto shared = [&stage](const Stage& other) {
      return other.SharedKey() == stage.SharedKey() && other.key != stage.key;
    };
    if (!stage.stage_key.empty() && !base::IsKey(stage.stage_key)) {
      out.push_back({At(i, "stage_key"), kKeyForm});
    } else if (AnyBefore(stages, i, shared)) {
      out.push_back({At(i, "stage_key"), kNotUnique});
    }
  }
}

void CheckDefaults(const Stages& stages, Violations& out) {
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    switch (stage.type) {
      case StageType::kOpen:
        if (stage.probability < 0 || stage.probability > 100) {
          out.push_back({At(i, "probability"), "must be 0 to 100"});
        }
        if (!SettableByHand(stage.category)) {
          out.push_back(
              {At(i, "forecast_category"), "must be PIPELINE, BEST_CASE, COMMIT or OMITTED"});
        }
        break;
      case StageType::kWon:
        if (stage.probability != 100) out.push_back({At(i, "probability"), "must be 100 if WON"});
        if (stage.category != ForecastCategory::kClosed) {
          out.push_back({At(i, "forecast_category"), "must be CLOSED if WON"});
        }
        break;
      case StageType::kLost:
        if (stage.probability != 0) out.push_back({At(i, "probability"), "must be 0 if LOST"});
        if (stage.category != ForecastCategory::kOmitted) {
          out.push_back({At(i, "forecast_category"), "must be OMITTED if LOST"});
        }
        break;
    }
  }
}

// A parameter of a gate: its field in the API, whether it is given, and whether it is a good one.
struct ParameterRule {
  GateParameter parameter;
  absl::string_view field;
  bool (*given)(const Gate&);
  bool (*good)(const Gate&);
  absl::string_view text;
};

constexpr ParameterRule kParameters[] = {
    {GateParameter::kField, "field", [](const Gate& gate) { return !gate.field.empty(); },
     [](const Gate& gate) {
       const auto fields = GateFields();
       return std::any_of(fields.begin(), fields.end(),
                          [&](const GateField& field) { return field.name == gate.field; });
     },
     "must name a field of an opportunity that clients set"},
    {GateParameter::kAttribute, "attribute",
     [](const Gate& gate) { return !gate.attribute.empty(); },
     [](const Gate& gate) { return base::IsKey(gate.attribute); },
     "must be 1 to 63 of a-z, 0-9 and _, beginning with a letter"},
    {GateParameter::kAmount, "minimum_amount",
     [](const Gate& gate) { return gate.minimum_amount.has_value(); },
     [](const Gate& gate) {
       return gate.minimum_amount && base::IsCurrency(gate.minimum_amount->currency) &&
              gate.minimum_amount->minor > 0;
     },
     "must be an amount greater than zero"},
    {GateParameter::kDays, "days", [](const Gate& gate) { return gate.days != 0; },
     [](const Gate& gate) { return gate.days >= 1 && gate.days <= kMostDays; },
     "must be 1 to 3650"},
    {GateParameter::kRole, "role",
     [](const Gate& gate) { return gate.role != BuyingRole::kUnknown; },
     [](const Gate& gate) { return gate.role != BuyingRole::kUnknown; }, "is required"},
};

void CheckGate(const Gate& gate, StageType type, const std::string& path, Violations& out) {
  for (const ParameterRule& rule : kParameters) {
    const std::string field = absl::StrCat(path, ".", rule.field);
    if (RuleOf(gate.kind).parameter == rule.parameter) {
      if (!rule.good(gate)) out.push_back({field, std::string(rule.text)});
    } else if (rule.given(gate)) {
      out.push_back({field, "is not a parameter of this kind of gate"});
    }
  }
  if (gate.kind == GateKind::kLossReason && type != StageType::kLost) {
    out.push_back({absl::StrCat(path, ".kind"), "LOSS_REASON is for the LOST stage alone"});
  }
}

void CheckGates(const Stages& stages, Violations& out) {
  for (size_t i = 0; i < stages.size(); ++i) {
    const std::vector<Gate>& gates = stages[i].gates;
    if (gates.size() > kMostGates) {
      out.push_back({At(i, "gates"), absl::StrCat("must be at most ", kMostGates)});
    }
    for (size_t k = 0; k < gates.size(); ++k) {
      const std::string path = absl::StrCat(At(i, "gates["), k, "]");
      CheckGate(gates[k], stages[i].type, path, out);
      if (std::count(gates.begin(), gates.begin() + k, gates[k]) > 0) {
        out.push_back({path, "must not be there twice"});
      }
    }
  }
}

void CheckNextStages(const Stages& stages, Violations& out) {
  const auto find = [&stages](const std::string& key) {
    return std::find_if(stages.begin(), stages.end(),
                        [&key](const Stage& stage) { return stage.key == key; });
  };
  for (size_t i = 0; i < stages.size(); ++i) {
    const std::vector<std::string>& next = stages[i].next_stages;
    if (stages[i].type != StageType::kOpen && !next.empty()) {
      out.push_back({At(i, "next_stages"), "must be empty unless the stage is OPEN"});
      continue;
    }
    for (size_t k = 0; k < next.size(); ++k) {
      const auto to = find(next[k]);
      const bool open = to != stages.end() && to->type == StageType::kOpen;
      if (!open || next[k] == stages[i].key ||
          std::count(next.begin(), next.begin() + k, next[k]) > 0) {
        out.push_back({absl::StrCat(At(i, "next_stages["), k, "]"),
                       "must be the key of another OPEN stage, each once"});
      }
    }
  }
}

constexpr StagesRule kRules[] = {
    {"count", CheckCount},          {"types", CheckTypes},
    {"order", CheckOrder},          {"keys", CheckKeys},
    {"stage keys", CheckStageKeys}, {"defaults", CheckDefaults},
    {"gates", CheckGates},          {"next stages", CheckNextStages},
};

const Stage* Find(const Stages& stages, absl::string_view key) {
  for (const Stage& stage : stages) {
    if (stage.key == key) return &stage;
  }
  return nullptr;
}

void CheckSuccessors(const Pipeline& before, const Stages& stages,
                     absl::Span<const StageSuccessor> successors, Violations& out) {
  absl::flat_hash_set<absl::string_view> seen;
  for (size_t i = 0; i < successors.size(); ++i) {
    const auto& [stage, successor] = successors[i];
    const std::string path = absl::StrCat("successors[", i, "].");
    if (before.Find(stage) == nullptr || Find(stages, stage) != nullptr) {
      out.push_back({path + "stage", "must be a stage that this update removes"});
    } else if (!seen.insert(stage).second) {
      out.push_back({path + "stage", "must not be named twice"});
    }
    const Stage* const to = Find(stages, successor);
    if (to == nullptr || to->type != StageType::kOpen) {
      out.push_back({path + "successor", "must be an OPEN stage of the pipeline after the update"});
    }
  }
}

}  // namespace

absl::Span<const StagesRule> StagesRules() { return kRules; }

Violations CheckStages(const std::vector<Stage>& stages) {
  Violations violations;
  for (const StagesRule& rule : kRules) rule.check(stages, violations);
  return violations;
}

Violations CheckChange(const Pipeline& before, const std::vector<Stage>& stages,
                       absl::Span<const StageSuccessor> successors) {
  Violations violations;
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage* const was = before.FindAny(stages[i].key);
    if (was != nullptr && was->type != stages[i].type) {
      violations.push_back({At(i, "type"), "must stay as it is"});
    }
  }
  for (const Stage& stage : before.stages) {
    if (stage.type != StageType::kOpen && Find(stages, stage.key) == nullptr) {
      violations.push_back({"stages", absl::StrCat("must keep the stage ", stage.key,
                                                   ", which can be renamed but not removed")});
    }
  }
  CheckSuccessors(before, stages, successors, violations);
  return violations;
}

}  // namespace crm::opportunity
