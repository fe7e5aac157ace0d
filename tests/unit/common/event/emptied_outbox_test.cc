#include "common/event/emptied_outbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace crm::event {
namespace {

TEST(EmptiedOutbox, IsKnownOnceAllHaveEndedWhoMayHaveDrawnALowerId) {
  EmptiedOutbox emptied;
  emptied.Moved({.last_id = 10, .number = 100, .oldest = 100});
  EXPECT_EQ(emptied.up_to(), 0) << "a writer may still have drawn 9";
  emptied.Moved({.last_id = 20, .number = 105, .oldest = 103});
  EXPECT_EQ(emptied.up_to(), 0) << "from 105 on nobody draws 10 or less, but 103 is at work";
  emptied.Moved({.last_id = 30, .number = 110, .oldest = 104});
  EXPECT_EQ(emptied.up_to(), 0);
  emptied.Moved({.last_id = 31, .number = 111, .oldest = 105});
  EXPECT_EQ(emptied.up_to(), 10);
  emptied.Moved({.last_id = 40, .number = 112, .oldest = 112});
  EXPECT_EQ(emptied.up_to(), 30) << "the last that was known when the waiting began";
}

TEST(EmptiedOutbox, IsNotKnownWhereRowsBelowMayBeLeft) {
  EmptiedOutbox emptied;
  emptied.Moved({.last_id = 10, .number = 100, .oldest = 100});
  emptied.Moved({.last_id = 20, .number = 101, .oldest = 101});
  emptied.Moved({.last_id = 5, .number = 102, .oldest = 102});
  EXPECT_EQ(emptied.up_to(), 0) << "as many as it may take, and 10 may wait behind them";
  emptied.Moved({.last_id = 10, .number = 103, .oldest = 103});
  EXPECT_EQ(emptied.up_to(), 10);
}

TEST(EmptiedOutbox, IsForgottenWhenARowIsFoundInIt) {
  EmptiedOutbox emptied;
  for (int i = 1; i <= 4; ++i) emptied.Moved({.last_id = i, .number = i, .oldest = i});
  ASSERT_EQ(emptied.up_to(), 2);
  emptied.Found(3);
  EXPECT_EQ(emptied.up_to(), 2);
  emptied.Found(2);
  EXPECT_EQ(emptied.up_to(), 0);
}

// Writers that get a number, draw an id and commit or roll back whenever they like, and a relay.
class Schedule {
 public:
  explicit Schedule(unsigned seed) : random_(seed) {}

  void Step() {
    switch (random_() % 4) {
      case 0:
        if (writers_.size() < 6) writers_[next_number_++] = 0;
        break;
      case 1:
        if (int64_t* const id = AnyWriter(); id != nullptr && *id == 0) *id = next_id_++;
        break;
      case 2:
        if (int64_t* const id = AnyWriter()) {
          if (*id != 0 && random_() % 5 != 0) waiting_.push_back(*id);
          writers_.erase(number_);
        }
        break;
      default:
        Move();
    }
  }
  // The lowest id that a writer at work has drawn or that waits.
  int64_t LowestToCome() const {
    int64_t lowest = INT64_MAX;
    for (const auto& [number, id] : writers_) {
      if (id != 0) lowest = std::min(lowest, id);
    }
    for (const int64_t id : waiting_) lowest = std::min(lowest, id);
    return lowest;
  }
  int64_t up_to() const { return emptied_.up_to(); }
  int64_t highest_moved() const { return highest_moved_; }
  int64_t next_id() const { return next_id_; }

 private:
  int64_t* AnyWriter() {
    if (writers_.empty()) return nullptr;
    auto writer = writers_.begin();
    std::advance(writer, random_() % writers_.size());
    number_ = writer->first;
    return &writer->second;
  }
  void Move() {
    const int64_t number = next_number_++;
    const int64_t oldest = writers_.empty() ? number : writers_.begin()->first;
    std::sort(waiting_.begin(), waiting_.end());
    const size_t moved = std::min<size_t>(waiting_.size(), 1 + random_() % 3);
    if (moved == 0) return;
    emptied_.Moved({.last_id = waiting_[moved - 1], .number = number, .oldest = oldest});
    highest_moved_ = std::max(highest_moved_, waiting_[moved - 1]);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(moved));
  }

  std::mt19937 random_;
  int64_t next_number_ = 1;
  int64_t next_id_ = 1;
  int64_t number_ = 0;                  // of the writer chosen last
  std::map<int64_t, int64_t> writers_;  // number to id, 0 before it is drawn
  std::vector<int64_t> waiting_;
  EmptiedOutbox emptied_;
  int64_t highest_moved_ = 0;
};

TEST(EmptiedOutbox, NoIdComesThereWhateverTheSchedule) {
  int overtaken = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    Schedule schedule(seed);
    int64_t known = 0;
    for (int step = 0; step < 400; ++step) {
      schedule.Step();
      ASSERT_LT(schedule.up_to(), schedule.LowestToCome()) << "seed " << seed << " step " << step;
      ASSERT_GE(schedule.up_to(), known);
      known = schedule.up_to();
      overtaken += schedule.highest_moved() > schedule.LowestToCome() ? 1 : 0;
    }
    EXPECT_GT(known, schedule.next_id() / 4) << "seed " << seed << ": it follows";
  }
  EXPECT_GT(overtaken, 1000) << "what was moved last would not do";
}

}  // namespace
}  // namespace crm::event
