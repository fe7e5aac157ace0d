// Random lives of opportunities: moves, edits and corrections. Whatever they do, their history
// tells where they are, and what was known earlier stays known as it was.

#include <gtest/gtest.h>

#include <algorithm>

#include <random>

#include "services/opportunity/domain/stage_correction.h"
#include "services/opportunity/domain/stage_story.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

constexpr int kLives = 1000;
constexpr int kSteps = 30;

// One opportunity and its history, as the store keeps it.
class Life {
 public:
  explicit Life(uint32_t seed) : random_(seed), it_(Ready()) {
    now_ = kStart + absl::Hours(24) * 100;
    EXPECT_TRUE(Open(it_, pipeline_, At(0)).ok());
    it_.stage_changes.erase(it_.stage_changes.begin(), it_.stage_changes.end() - 1);
    Keep();
  }

  void Step() {
    now_ += absl::Minutes(Below(3000) + 1);
    const Opportunity before = it_;
    const absl::Status status = Try();
    ASSERT_TRUE(status.ok() || it_ == before) << "a refusal changes nothing: " << status;
    Keep();
    Check();
  }

  // What was known at each step is what the history says of that time now.
  void CheckWhatWasKnown() const {
    for (const auto& [time, story] : known_) {
      const auto then = Replay(KnownAt(history_, time));
      ASSERT_TRUE(then.ok()) << then.status();
      ASSERT_EQ(*then, story) << time;
    }
  }

  size_t corrections() const { return corrections_; }

 private:
  size_t Below(size_t end) { return random_() % end; }
  const Stage& AnyStage() { return pipeline_.stages[Below(pipeline_.stages.size())]; }

  // On this day; half of the moves are told later than they happened.
  Occasion At(int64_t minutes_ago) {
    Occasion occasion = On(0);
    occasion.now = now_;
    occasion.event_id = Id(2000 + history_.size());
    if (minutes_ago > 0) occasion.effective_time = now_ - absl::Minutes(minutes_ago);
    return occasion;
  }
  Occasion Sometime() { return At(static_cast<int64_t>(Below(2) * Below(4000))); }

  absl::Status Try() {
    switch (Below(8)) {
      case 0:
        return Win(it_, pipeline_, Sometime());
      case 1:
        return Lose(it_, pipeline_, Sometime(), LossReason::kPrice);
      case 2:
        return Reopen(it_, pipeline_, AnyStage().key, Sometime(), "again");
      case 3:
        return Change();
      case 4:
      case 5:
        return Correct();
      default:
        return Move(it_, pipeline_, AnyStage().key, Sometime(), "", "any");
    }
  }

  absl::Status Change() {
    OpportunityEdit edit;
    switch (Below(4)) {
      case 0:
        edit.amount = std::make_optional(base::Money{"EUR", static_cast<int64_t>(Below(1000))});
        break;
      case 1:
        edit.probability = std::make_optional(static_cast<int>(Below(101)));
        break;
      case 2:
        edit.expected_close_date = std::make_optional(absl::CivilDay(2026, 1, 1) + Below(400));
        break;
      default:
        edit.owner = "agent-8";
    }
    return Edit(it_, edit, pipeline_);
  }

  absl::Status Correct() {
    CorrectionOrder order;
    order.version = static_cast<int64_t>(Below(history_.size() + 1));
    if (Below(2) == 0) order.stage = AnyStage().key;
    Occasion occasion = At(0);
    if (Below(2) == 0) {
      occasion.effective_time = now_ - absl::Minutes(Below(40'000));
    }
    const absl::Status status = CorrectChange(it_, pipeline_, history_, order, occasion);
    if (status.ok()) ++corrections_;
    return status;
  }

  // As the store does: the changes go to the history.
  void Keep() {
    for (StageChange& change : it_.stage_changes) history_.push_back(std::move(change));
    it_.stage_changes.clear();
    const auto story = Replay(history_);
    ASSERT_TRUE(story.ok()) << story.status();
    known_.emplace_back(now_, *story);
  }

  void Check() const {
    const StageStory& story = known_.back().second;
    ASSERT_EQ(story.present().stage, it_.stage);
    ASSERT_EQ(story.present().type, it_.stage_type);
    ASSERT_EQ(story.present().pipeline, it_.pipeline);
    ASSERT_EQ(story.open_time(), it_.open_time);
    ASSERT_EQ(story.enter_time(), it_.stage_enter_time);
    ASSERT_EQ(story.close_time(), it_.close_time);
    ASSERT_EQ(it_.stage_version, static_cast<int64_t>(history_.size()));
    ASSERT_FALSE(FirstDisorder(story).has_value());
    if (it_.stage_type == StageType::kLost) {
      ASSERT_EQ(story.present().loss_reason, it_.loss_reason);
    }
    if (!it_.probability_manual) {
      ASSERT_EQ(history_.back().after.probability, it_.probability);
    }
    absl::Duration sum;
    for (const StageTime& time : TimesInStages(story, now_)) {
      ASSERT_GE(time.latest, absl::ZeroDuration());
      ASSERT_GE(time.total, time.latest);
      ASSERT_EQ(time.running, time.stage == it_.stage);
      sum += time.total;
    }
    ASSERT_EQ(sum, now_ - it_.open_time);
    // Reading from version to version one always knows where it was.
    for (size_t i = 1; i < history_.size(); ++i) {
      ASSERT_EQ(history_[i].before->stage, history_[i - 1].after.stage);
      ASSERT_EQ(history_[i].before->type, history_[i - 1].after.type);
    }
  }

  const Pipeline& pipeline_ = DefaultPipeline();
  std::mt19937 random_;
  Opportunity it_;
  absl::Time now_;
  std::vector<StageChange> history_;
  std::vector<std::pair<absl::Time, StageStory>> known_;
  size_t corrections_ = 0;
};

TEST(StageHistoryProperty, TellsWhereEveryRandomLifeIsAndNeverChangesWhatWasKnown) {
  size_t corrections = 0;
  for (uint32_t seed = 1; seed <= kLives; ++seed) {
    SCOPED_TRACE(seed);
    Life life(seed);
    for (int i = 0; i < kSteps; ++i) ASSERT_NO_FATAL_FAILURE(life.Step());
    ASSERT_NO_FATAL_FAILURE(life.CheckWhatWasKnown());
    corrections += life.corrections();
  }
  EXPECT_GT(corrections, size_t{kLives}) << "corrections did happen";
}

}  // namespace
}  // namespace crm::opportunity::testing
