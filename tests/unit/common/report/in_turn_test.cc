#include "common/report/in_turn.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "absl/time/time.h"

namespace crm::report {
namespace {

using ::testing::ElementsAre;

// Pieces with the numbers 0 … 99.
class Pieces : public ::testing::Test {
 protected:
  static constexpr int kPieces = 100;
  static constexpr int kAhead = 3;

  // Reading the piece `first` waits until the third one behind it was read.
  absl::Status Tell(int first, int failing = -1) {
    return TellInTurn<int>({.take = [this] { return Take(); },
                            .read = [=, this](int& piece) { return Read(piece, first); },
                            .tell =
                                [=, this](const int& piece) {
                                  const absl::MutexLock lock(&mutex_);
                                  told_.push_back(piece);
                                  return piece == failing ? absl::DataLossError("damaged")
                                                          : absl::OkStatus();
                                }});
  }

  absl::StatusOr<std::unique_ptr<int>> Take() {
    const absl::MutexLock lock(&mutex_);
    if (taken_ == kPieces) return nullptr;
    ahead_ = std::max(ahead_, taken_ - static_cast<int>(told_.size()));
    return std::make_unique<int>(taken_++);
  }

  absl::Status Read(int piece, int first) {
    const absl::MutexLock lock(&mutex_);
    read_.insert(piece);
    if (piece != first) return absl::OkStatus();
    const auto later = [this, first] { return read_.contains(first + kAhead); };
    return mutex_.AwaitWithTimeout(absl::Condition(&later), absl::Seconds(30))
               ? absl::OkStatus()
               : absl::DeadlineExceededError("nobody read the pieces behind it");
  }

  absl::Mutex mutex_;
  std::set<int> read_;
  int taken_ = 0;
  int ahead_ = 0;  // pieces that were taken and not told when another one was, at most
  std::vector<int> told_;
};

TEST_F(Pieces, AreReadAtTheSameTimeAndToldInOrder) {
  EXPECT_EQ(Tell(7), absl::OkStatus());
  ASSERT_EQ(told_.size(), static_cast<size_t>(kPieces));
  for (int i = 0; i < kPieces; ++i) EXPECT_EQ(told_[static_cast<size_t>(i)], i);
}

TEST_F(Pieces, AreReadAFewAheadAndNoMore) {
  EXPECT_EQ(Tell(7), absl::OkStatus());
  EXPECT_GT(ahead_, kAhead - 1);
  EXPECT_LT(ahead_, kAhead * 3);
}

TEST_F(Pieces, AreToldUntilTheFirstError) {
  EXPECT_EQ(Tell(0, 3), absl::DataLossError("damaged"));
  EXPECT_THAT(told_, ElementsAre(0, 1, 2, 3));
}

TEST_F(Pieces, MayBeNone) {
  taken_ = kPieces;
  EXPECT_EQ(Tell(0), absl::OkStatus());
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace crm::report
