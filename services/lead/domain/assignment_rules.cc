#include "services/lead/domain/assignment_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace crm::lead {
namespace {

bool SameCountry(absl::string_view a, absl::string_view b) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(a), absl::StripAsciiWhitespace(b));
}

bool IsFor(const AssignmentRule& rule, const LeadTraits& lead) {
  const auto has_source = std::find(rule.sources.begin(), rule.sources.end(), lead.source);
  if (!rule.sources.empty() && has_source == rule.sources.end()) return false;
  const bool has_country = std::any_of(rule.countries.begin(), rule.countries.end(),
                                       [&](const auto& c) { return SameCountry(c, lead.country); });
  if (!rule.countries.empty() && (lead.country.empty() || !has_country)) return false;
  return lead.score >= rule.least_score.value_or(0) && lead.score <= rule.most_score.value_or(100);
}

bool IsScore(std::optional<int> score) {
  return score.value_or(0) >= 0 && score.value_or(0) <= 100;
}

void AddFaults(const AssignmentRule& rule, const std::string& at, std::vector<RulesFault>& faults) {
  const auto add = [&](const char* field, std::string text) {
    faults.push_back({absl::StrCat(at, ".", field), std::move(text)});
  };
  if (rule.way == AssignmentWay::kUnspecified) add("way", "is required");
  if (rule.team.empty() || rule.team.size() > kMostInTeam) {
    add("team", absl::StrCat("must have 1 to ", kMostInTeam, " agents"));
  } else if (std::set<std::string>(rule.team.begin(), rule.team.end()).size() < rule.team.size()) {
    add("team", "must have no agent twice");
  }
  if (rule.countries.size() > kMostCountries) {
    add("countries", absl::StrCat("must have at most ", kMostCountries));
  }
  if (!IsScore(rule.least_score)) add("least_score", "must be from 0 to 100");
  if (!IsScore(rule.most_score)) {
    add("most_score", "must be from 0 to 100");
  } else if (rule.least_score.value_or(0) > rule.most_score.value_or(100)) {
    add("most_score", "must not be below least_score");
  }
}

}  // namespace

const RulesRevision& BuiltInRules() {
  static const RulesRevision kBuiltIn{.rules = {.revision = 1, .rules = {}}, .actor = ""};
  return kBuiltIn;
}

const AssignmentRule* FirstRuleFor(const AssignmentRules& rules, const LeadTraits& lead) {
  const auto found = std::find_if(rules.rules.begin(), rules.rules.end(),
                                  [&](const AssignmentRule& rule) { return IsFor(rule, lead); });
  return found == rules.rules.end() ? nullptr : &*found;
}

bool AskForCountry(const AssignmentRules& rules) {
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [](const AssignmentRule& rule) { return !rule.countries.empty(); });
}

std::vector<RulesFault> FaultsOf(const AssignmentRules& rules) {
  std::vector<RulesFault> faults;
  if (rules.rules.size() > kMostRules) {
    faults.push_back({"rules", absl::StrCat("must have at most ", kMostRules)});
    return faults;
  }
  std::set<std::string> names;
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    const std::string at = absl::StrCat("rules[", i, "]");
    if (!names.insert(rules.rules[i].name).second) {
      faults.push_back({at + ".name", "must not be that of an earlier rule"});
    }
    AddFaults(rules.rules[i], at, faults);
  }
  return faults;
}

}  // namespace crm::lead
