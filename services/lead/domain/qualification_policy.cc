#include "services/lead/domain/qualification_policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crm::lead {

const QualificationPolicy& DefaultPolicy() {
  static const QualificationPolicy kPolicy{
      .revision = 1,
      .rules = {{{0, false}, {30, true}, {25, true}, {15, true}, {20, true}, {10, false}}},
      .threshold = 70,
      .longest_purchase_days = 180,
      .stale_days = 180,
  };
  return kPolicy;
}

std::vector<PolicyFault> FaultsOf(const QualificationPolicy& policy) {
  std::vector<PolicyFault> faults;
  int sum = 0;
  bool bounded = true;
  for (const Criterion criterion : kCriteria) {
    const int weight = policy.rule(criterion).weight;
    bounded &= weight >= 0 && weight <= 100;
    sum += std::clamp(weight, 0, 100);
  }
  if (!bounded) {
    faults.push_back({"rules", "must have weights from 0 to 100"});
  } else if (sum != 100) {
    faults.push_back({"rules", absl::StrCat("must have weights that sum up to 100, not ", sum)});
  }
  const QualificationPolicy::Rule& authority = policy.rule(Criterion::kAuthority);
  if (authority.required) {
    faults.push_back({"rules",
                      "must not require AUTHORITY: it is a strong hint, which raises the score and "
                      "never blocks a qualification"});
  }
  const int most = 100 - std::clamp(authority.weight, 0, 100);
  if (policy.threshold < 1 || policy.threshold > 100) {
    faults.push_back({"threshold", "must be from 1 to 100"});
  } else if (policy.threshold > most) {
    faults.push_back({"threshold", absl::StrCat("must be within reach without AUTHORITY, which may "
                                                "not block a qualification: at most ",
                                                most)});
  }
  for (const auto& [field, days] :
       {std::pair("longest_days_to_purchase", policy.longest_purchase_days),
        std::pair("stale_after_days", policy.stale_days)}) {
    if (days < 1 || days > kMostPolicyDays) {
      faults.push_back({field, absl::StrCat("must be from 1 to ", kMostPolicyDays)});
    }
  }
  return faults;
}

}  // namespace crm::lead
