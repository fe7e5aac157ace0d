#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/error/error.h"
#include "services/opportunity/domain/pipeline.h"

// What a valid pipeline is.
namespace crm::opportunity {

inline constexpr size_t kFewestStages = 3;
inline constexpr size_t kMostStages = 50;
inline constexpr size_t kMostGates = 20;  // of one stage
inline constexpr int kMostDays = 3650;

// Where the opportunities of a removed stage go.
struct StageSuccessor {
  std::string stage;
  std::string successor;
};

using Violations = std::vector<error::FieldViolation>;

// One rule about the stages of a pipeline as they are to be, in their order.
struct StagesRule {
  absl::string_view name;
  void (*check)(const std::vector<Stage>& stages, Violations& violations);
};
absl::Span<const StagesRule> StagesRules();

// All that breaks a rule, with paths like "stages[2].probability".
Violations CheckStages(const std::vector<Stage>& stages);

// What is wrong about making `stages`, which are valid, of `before`: the types of stages stay, the
// WON and the LOST stage stay, and successors name a removed stage, each once, and an OPEN one to
// go to. Paths as above and like "successors[0].stage".
Violations CheckChange(const Pipeline& before, const std::vector<Stage>& stages,
                       absl::Span<const StageSuccessor> successors);

}  // namespace crm::opportunity
