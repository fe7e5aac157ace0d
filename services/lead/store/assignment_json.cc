#include "services/lead/store/assignment_json.h"

#include <vector>

#include "common/aggregate/stored_json.h"

namespace crm::lead {
namespace {

using aggregate::Json;

Json RuleToJson(const AssignmentRule& rule) {
  Json json = {
      {"name", rule.name}, {"way", NameOf(kAssignmentWayNames, rule.way)}, {"team", rule.team}};
  if (!rule.countries.empty()) json["countries"] = rule.countries;
  for (const LeadSource source : rule.sources) {
    json["sources"].push_back(NameOf(kLeadSourceNames, source));
  }
  aggregate::Put(json, "least_score", rule.least_score);
  aggregate::Put(json, "most_score", rule.most_score);
  return json;
}

AssignmentRule RuleFromJson(const Json& json) {
  AssignmentRule rule;
  rule.name = json.at("name").get<std::string>();
  rule.way = ValueOf(kAssignmentWayNames, json.at("way").get_ref<const std::string&>()).value();
  rule.team = json.at("team").get<std::vector<std::string>>();
  if (const Json* const at = aggregate::JsonMember(json, "countries")) {
    rule.countries = at->get<std::vector<std::string>>();
  }
  if (const Json* const at = aggregate::JsonMember(json, "sources")) {
    for (const Json& name : at->get_ref<const Json::array_t&>()) {
      rule.sources.push_back(ValueOf(kLeadSourceNames, name.get_ref<const std::string&>()).value());
    }
  }
  aggregate::Take(json, "least_score", rule.least_score);
  aggregate::Take(json, "most_score", rule.most_score);
  return rule;
}

}  // namespace

std::string RulesToJson(const AssignmentRules& rules) {
  Json json = Json::array();
  for (const AssignmentRule& rule : rules.rules) json.push_back(RuleToJson(rule));
  return aggregate::JsonText(json);
}

std::optional<AssignmentRules> RulesFromJson(absl::string_view json) {
  auto list = aggregate::ReadJsonList<AssignmentRule>(json, RuleFromJson);
  if (!list.has_value()) return std::nullopt;
  AssignmentRules rules{.rules = *std::move(list)};
  if (!FaultsOf(rules).empty()) return std::nullopt;
  return rules;
}

std::string TurnsToJson(const Turns& turns) {
  return aggregate::JsonText(turns.empty() ? Json::object() : Json(turns));
}

std::optional<Turns> TurnsFromJson(absl::string_view text) {
  return aggregate::ReadJson(text, [](const Json& json) {
    Turns turns;
    for (const auto& [rule, owner] : json.get_ref<const Json::object_t&>()) {
      turns[rule] = owner.get_ref<const std::string&>();
    }
    return turns;
  });
}

}  // namespace crm::lead
