#include "common/report/in_turn.h"

#include <gmock/gmock.h>

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

  // Reading the piece `first` waits until the one behind it was read.
  absl::Status Tell(int first, int failing = -1) {
    return TellInTurn<int>({.take = [this] { return Take(); },
                            .read = [=, this](int& piece) { return Read(piece, first); },
                            .tell =
                                [=, this](const int& piece) {
                                  told_.push_back(piece);
                                  return piece == failing ? absl::DataLossError("damaged")
                                                          : absl::OkStatus();
                                }});
  }

  absl::StatusOr<std::unique_ptr<int>> Take() {
    if (taken_ == kPieces) return nullptr;
    return std::make_unique<int>(taken_++);
  }

  absl::Status Read(int piece, int first) {
    const absl::MutexLock lock(&mutex_);
    read_.insert(piece);
    if (piece != first) return absl::OkStatus();
    const auto later = [this, first] { return read_.contains(first + 1); };
    return mutex_.AwaitWithTimeout(absl::Condition(&later), absl::Seconds(30))
               ? absl::OkStatus()
               : absl::DeadlineExceededError("nobody read the next piece");
  }

  absl::Mutex mutex_;
  std::set<int> read_;
  int taken_ = 0;
  std::vector<int> told_;
};

TEST_F(Pieces, AreReadAtTheSameTimeAndToldInOrder) {
  EXPECT_EQ(Tell(7), absl::OkStatus());
  ASSERT_EQ(told_.size(), static_cast<size_t>(kPieces));
  for (int i = 0; i < kPieces; ++i) EXPECT_EQ(told_[static_cast<size_t>(i)], i);
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
