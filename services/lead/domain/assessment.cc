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

bool IsOnRecordAt(const Assessment& assessment, absl::Time time) {
  return assessment.observe_time <= time && assessment.record_time <= time;
}

std::vector<Assessment> OnRecordAt(absl::Time time, absl::Span<const Assessment> now,
                                   absl::Span<const Assessment> then) {
  std::vector<Assessment> found;
  for (const absl::Span<const Assessment> assessments : {then, now}) {
    for (const Assessment& assessment : assessments) {
      if (IsOnRecordAt(assessment, time)) Supersede(found, assessment);
    }
  }
  return found;
}

}  // namespace crm::lead
