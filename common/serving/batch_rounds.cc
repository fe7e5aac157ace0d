#include "common/serving/batch_rounds.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace crm::serving {

using base::Deadline;

BatchRounds::BatchRounds(std::vector<Deadline> deadlines, base::SteadyTime start)
    : deadlines_(std::move(deadlines)), members_(deadlines_.size()), end_(start) {
  const Deadline last = start + kMostBatchTime;
  for (Deadline& deadline : deadlines_) deadline = std::min(deadline, last);
  std::iota(members_.begin(), members_.end(), size_t{0});
  end_ = EndOfRound();
}

Deadline BatchRounds::EndOfRound() const {
  Deadline earliest = Deadline::None();
  for (const size_t i : members_) earliest = std::min(earliest, deadlines_[i]);
  const Deadline close = earliest.time() + kBundle;
  Deadline end = earliest;
  for (const size_t i : members_) {
    if (deadlines_[i] <= close) end = std::max(end, deadlines_[i]);
  }
  return end;
}

bool BatchRounds::GoesOn(size_t member, const absl::Status& status) {
  if (!absl::IsDeadlineExceeded(status) || deadlines_[member] <= end_) return false;
  next_.push_back(member);
  return true;
}

void BatchRounds::Next() {
  members_.swap(next_);
  next_.clear();
  end_ = EndOfRound();
}

}  // namespace crm::serving
