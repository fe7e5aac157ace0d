#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/lead/domain/assessment.h"

namespace crm::lead {

// How a tenant judges: one immutable revision.
struct QualificationPolicy {
  struct Rule {
    int weight = 0;  // points, 0 to 100; the weights of all criteria sum up to 100
    bool required = false;
    friend bool operator==(const Rule&, const Rule&) = default;
  };

  int64_t revision = 0;           // 0 in a draft
  std::array<Rule, 6> rules;      // indexed by Criterion; never required for AUTHORITY
  int threshold = 0;              // least score that qualifies
  int longest_purchase_days = 0;  // an expected purchase further away counts as NOT_MET
  int stale_days = 0;             // age beyond which evidence counts as UNKNOWN

  const Rule& rule(Criterion criterion) const { return rules[static_cast<size_t>(criterion)]; }
  Rule& rule(Criterion criterion) { return rules[static_cast<size_t>(criterion)]; }
  friend bool operator==(const QualificationPolicy&, const QualificationPolicy&) = default;
};

// A stored revision.
struct PolicyRevision {
  QualificationPolicy policy;
  // Since when it is in force: later than the one before. The built-in one always was.
  absl::Time record_time = absl::InfinitePast();
  std::string actor;
};

// Revision 1, which every tenant starts with: NEED 30, ABILITY 25, MARKET_PRESENCE 15, TIMEFRAME
// 20, AUTHORITY 10; the first four required; threshold 70; 180 days to purchase; stale after 180
// days.
const QualificationPolicy& DefaultPolicy();

inline constexpr int kMostPolicyDays = 3650;

// A rule that a policy breaks.
struct PolicyFault {
  std::string field;  // "rules", "threshold" …
  std::string text;   // "must …"
};

// All rules that it breaks:
//   weights are 0 to 100 and sum up to 100; AUTHORITY is not required
//   the threshold is 1 to 100, and within reach without AUTHORITY, which would be required
//   otherwise days are 1 to kMostPolicyDays
std::vector<PolicyFault> FaultsOf(const QualificationPolicy& policy);

}  // namespace crm::lead
