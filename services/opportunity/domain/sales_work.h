#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"

// What those who sell keep about the sale.
namespace crm::opportunity {

inline constexpr size_t kMostCompetitors = 50;

enum class CompetitorStatus { kUnknown = 0, kActive = 1, kOut = 2, kChosen = 3 };

// Someone else who wants the sale.
struct Competitor {
  std::string display_name;
  CompetitorStatus status = CompetitorStatus::kUnknown;
  std::string note;

  bool operator==(const Competitor&) const = default;
};

// What is to be done next; empty: nothing.
struct NextStep {
  std::string text;
  std::optional<absl::CivilDay> due_date;

  bool operator==(const NextStep&) const = default;
};

// Someone who works on the opportunity beside its owner.
struct TeamMember {
  std::string actor;
  std::string role;  // in words

  bool operator==(const TeamMember&) const = default;
};

}  // namespace crm::opportunity
