#pragma once

#include <map>
#include <utility>
#include <vector>

#include "services/lead/domain/ports.h"

namespace crm::lead::testing {

// Knows and hands out what a test writes into it.
class FakeConversionStore final : public ConversionStore {
 public:
  absl::StatusOr<std::vector<absl::StatusOr<KnownConversion>>> LookUp(
      absl::Span<const ConversionQuestion> questions, base::Deadline) override {
    std::vector<absl::StatusOr<KnownConversion>> answers;
    for (const ConversionQuestion& question : questions) {
      answers.push_back(known[question.request_id]);
    }
    return answers;
  }
  absl::StatusOr<std::vector<absl::StatusOr<DueConversion>>> TakeDue(absl::Time, absl::Time, int,
                                                                     base::Deadline) override {
    std::vector<absl::StatusOr<DueConversion>> taken(damaged, absl::DataLossError("damaged"));
    for (DueConversion& item : std::exchange(due, {})) taken.emplace_back(std::move(item));
    return taken;
  }
  absl::StatusOr<PendingConversions> CountPending(base::Deadline) override { return pending; }
  absl::StatusOr<int> Postpone(absl::Span<const Postponement> items, base::Deadline) override {
    postponed.insert(postponed.end(), items.begin(), items.end());
    return std::exchange(stuck_next, 0);
  }
  absl::StatusOr<std::vector<StuckConversion>> ListStuck(int, base::Deadline) override {
    return stuck;
  }
  absl::StatusOr<int> Resume(absl::Span<const base::Uuid> conversions, bool give_up, absl::Time,
                             base::Deadline) override {
    resumed.assign(conversions.begin(), conversions.end());
    given_up = give_up;
    return static_cast<int>(conversions.empty() ? stuck.size() : conversions.size());
  }

  std::map<base::Uuid, KnownConversion> known;
  std::vector<DueConversion> due;
  size_t damaged = 0;  // due as well
  absl::StatusOr<PendingConversions> pending = PendingConversions();
  std::vector<Postponement> postponed;
  int stuck_next = 0;  // how many the next postponement leaves in need of attention
  std::vector<StuckConversion> stuck;
  std::vector<base::Uuid> resumed;
  bool given_up = false;
};

}  // namespace crm::lead::testing
