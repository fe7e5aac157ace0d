#pragma once

#include <map>
#include <utility>
#include <vector>

#include "services/lead/domain/ports.h"

namespace crm::lead::testing {

// Knows and hands out what a test writes into it.
class FakeConversionStore final : public ConversionStore {
 public:
  absl::StatusOr<std::vector<KnownConversion>> LookUp(
      absl::Span<const ConversionQuestion> questions, absl::Time) override {
    std::vector<KnownConversion> answers;
    for (const ConversionQuestion& question : questions) {
      answers.push_back(known[question.request_id]);
    }
    return answers;
  }
  absl::StatusOr<std::vector<DueConversion>> TakeDue(absl::Time, absl::Time, int,
                                                     absl::Time) override {
    return std::exchange(due, {});
  }
  absl::StatusOr<PendingConversions> CountPending(absl::Time) override { return pending; }
  absl::Status Postpone(absl::Span<const Postponement> items, absl::Time) override {
    postponed.insert(postponed.end(), items.begin(), items.end());
    return absl::OkStatus();
  }

  std::map<base::Uuid, KnownConversion> known;
  std::vector<DueConversion> due;
  absl::StatusOr<PendingConversions> pending = PendingConversions();
  std::vector<Postponement> postponed;
};

}  // namespace crm::lead::testing
