#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

enum class AssignmentWay { kUnspecified, kRoundRobin, kLeastLoaded };

inline constexpr base::EnumName<AssignmentWay> kAssignmentWayNames[] = {
    {AssignmentWay::kUnspecified, "UNSPECIFIED"},
    {AssignmentWay::kRoundRobin, "ROUND_ROBIN"},
    {AssignmentWay::kLeastLoaded, "LEAST_LOADED"}};

// Which leads are dealt to whom, in which way. What is empty is for all.
struct AssignmentRule {
  std::string name;
  std::vector<LeadSource> sources;
  std::vector<std::string> countries;
  std::optional<int> least_score;
  std::optional<int> most_score;
  AssignmentWay way = AssignmentWay::kUnspecified;
  std::vector<std::string> team;  // actor ids

  friend bool operator==(const AssignmentRule&, const AssignmentRule&) = default;
};

// How a tenant deals its leads: one immutable revision. The first rule that is for a lead deals it.
struct AssignmentRules {
  int64_t revision = 0;
  std::vector<AssignmentRule> rules;

  friend bool operator==(const AssignmentRules&, const AssignmentRules&) = default;
};

// A stored revision.
struct RulesRevision {
  AssignmentRules rules;
  absl::Time record_time = absl::InfinitePast();  // the built-in one always was
  std::string actor;
};

// Revision 1, which every tenant starts with: no rules.
const RulesRevision& BuiltInRules();

// What rules ask about a lead.
struct LeadTraits {
  LeadSource source = LeadSource::kUnspecified;
  std::string country;  // empty: not known, which no rule for countries is for
  int score = 0;        // 0 to 100
};

// The first rule that is for such a lead, nullptr if none is.
const AssignmentRule* FirstRuleFor(const AssignmentRules& rules, const LeadTraits& lead);

// Whether some rule asks for the country of a lead.
bool AskForCountry(const AssignmentRules& rules);

inline constexpr size_t kMostRules = 100;
inline constexpr size_t kMostCountries = 250;
inline constexpr size_t kMostInTeam = 200;

// A rule that a set of rules breaks. Shapes and lengths of texts are not looked at here.
struct RulesFault {
  std::string field;  // "rules[2].team"
  std::string text;   // "must …"
};

// All of them:
//   at most kMostRules, each with a name of its own, a way, and a team of 1 to kMostInTeam
//   different agents; at most kMostCountries; scores from 0 to 100, the least not above the most
std::vector<RulesFault> FaultsOf(const AssignmentRules& rules);

}  // namespace crm::lead
