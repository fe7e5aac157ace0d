#include "services/lead/store/policy_json.h"

#include "common/aggregate/stored_json.h"

namespace crm::lead {

using aggregate::Json;
using aggregate::JsonInt;

std::string PolicyToJson(const QualificationPolicy& policy) {
  Json rules = Json::object();
  for (const Criterion criterion : kCriteria) {
    const QualificationPolicy::Rule& rule = policy.rule(criterion);
    rules[std::string(NameOf(kCriterionNames, criterion))] = {rule.weight, rule.required ? 1 : 0};
  }
  return aggregate::JsonText({{"rules", rules},
                              {"threshold", policy.threshold},
                              {"purchase_days", policy.longest_purchase_days},
                              {"stale_days", policy.stale_days}});
}

std::optional<QualificationPolicy> PolicyFromJson(absl::string_view text) {
  auto policy = aggregate::ReadJson(text, [](const Json& json) {
    QualificationPolicy read{};
    for (const Criterion criterion : kCriteria) {
      const Json& rule = json.at("rules").at(std::string(NameOf(kCriterionNames, criterion)));
      read.rule(criterion) = {JsonInt<int>(rule.at(0)), JsonInt<int>(rule.at(1)) != 0};
    }
    read.threshold = JsonInt<int>(json.at("threshold"));
    read.longest_purchase_days = JsonInt<int>(json.at("purchase_days"));
    read.stale_days = JsonInt<int>(json.at("stale_days"));
    return read;
  });
  if (policy.has_value() && !FaultsOf(*policy).empty()) return std::nullopt;
  return policy;
}

}  // namespace crm::lead
