#include "services/lead/domain/assessment.h"

#include <algorithm>
#include <tuple>

namespace crm::lead {

void Supersede(std::vector<Assessment>& current, const Assessment& assessment) {
  auto at = std::lower_bound(
      current.begin(), current.end(), assessment,
      [](const Assessment& a, const Assessment& b) { return a.criterion < b.criterion; });
  if (at == current.end() || at->criterion != assessment.criterion) {
    current.insert(at, assessment);
    return;
  }
  if (std::tie(at->observe_time, at->record_time) <=
      std::tie(assessment.observe_time, assessment.record_time)) {
    *at = assessment;
  }
}

}  // namespace crm::lead
