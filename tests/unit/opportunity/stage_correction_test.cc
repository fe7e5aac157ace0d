#include "services/opportunity/domain/stage_correction.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "services/opportunity/domain/stage_story.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

absl::Time Day(int day) { return kStart + absl::Hours(24) * day; }

// discovery on day 0, needs_confirmed 2, proposal 4; it is day 10.
class CorrectionTest : public ::testing::Test {
 protected:
  CorrectionTest() : it_(Ready()) {
    EXPECT_TRUE(Open(it_, DefaultPipeline(), On(0)).ok());
    it_.stage_changes.erase(it_.stage_changes.begin(), it_.stage_changes.end() - 1);
    EXPECT_TRUE(Move(it_, DefaultPipeline(), "needs_confirmed", On(2)).ok());
    EXPECT_TRUE(Move(it_, DefaultPipeline(), "proposal", On(4)).ok());
  }

  absl::Status Correct(int64_t version, const std::string& stage,
                       std::optional<int> day = std::nullopt) {
    Occasion occasion = On(10);
    if (day) occasion.effective_time = Day(*day);
    const std::vector<StageChange> history = it_.stage_changes;
    return CorrectChange(it_, DefaultPipeline(), history, {version, stage, "wrong column"},
                         occasion);
  }

  StageStory Story() { return *Replay(it_.stage_changes); }

  Opportunity it_;
};

TEST_F(CorrectionTest, OfTheLatestStageIsEnteredByItsDefaults) {
  it_.probability = 33;
  it_.probability_manual = true;
  ASSERT_TRUE(Correct(3, "contract").ok());
  EXPECT_EQ(it_.stage, "contract");
  EXPECT_EQ(it_.probability, 90);
  EXPECT_FALSE(it_.probability_manual);
  EXPECT_EQ(it_.stage_enter_time, Day(4));
  EXPECT_EQ(it_.stage_version, 4);
  const StageChange& change = it_.stage_changes.back();
  EXPECT_EQ(change.kind, ChangeKind::kCorrected);
  EXPECT_EQ(change.before->stage, "proposal");
  EXPECT_EQ(change.after.stage, "contract");
  EXPECT_EQ(change.effective_time, Day(4));
  EXPECT_EQ(change.record_time, Day(10));
  EXPECT_EQ(change.reason, "wrong column");
}

TEST_F(CorrectionTest, OfATimeKeepsWhatWasSetByHand) {
  it_.probability = 33;
  it_.probability_manual = true;
  ASSERT_TRUE(Correct(3, "", 7).ok());
  EXPECT_EQ(it_.stage_enter_time, Day(7));
  EXPECT_EQ(it_.probability, 33);
  EXPECT_EQ(it_.stage_changes.back().correction->superseded_time, Day(4));
  EXPECT_EQ(it_.stage_changes.back().correction->enter_time_before, Day(4));
  EXPECT_EQ(it_.stage_changes.back().correction->enter_time, Day(7));
}

TEST_F(CorrectionTest, OfTheOpeningMovesTheOpenTime) {
  ASSERT_TRUE(Correct(1, "", -30).ok());
  EXPECT_EQ(it_.open_time, Day(-30));
  EXPECT_EQ(it_.stage, "proposal");
  EXPECT_EQ(it_.stage_enter_time, Day(4));
}

TEST_F(CorrectionTest, OfAWinMovesTheCloseTimeAndNothingElse) {
  ASSERT_TRUE(Win(it_, DefaultPipeline(), On(6)).ok());
  ASSERT_TRUE(Correct(4, "", 5).ok());
  EXPECT_EQ(it_.close_time, Day(5));
  EXPECT_EQ(it_.stage_type, StageType::kWon);
  EXPECT_EQ(it_.probability, 100);
  EXPECT_EQ(it_.stage_changes.back().before->type, StageType::kWon);
  EXPECT_EQ(it_.stage_changes.back().after.type, StageType::kWon);
}

TEST_F(CorrectionTest, OfALossKeepsItsReason) {
  ASSERT_TRUE(Lose(it_, DefaultPipeline(), On(6), LossReason::kOther, "moved away").ok());
  ASSERT_TRUE(Correct(4, "", 5).ok());
  EXPECT_EQ(it_.loss_reason, LossReason::kOther);
  EXPECT_EQ(it_.loss_note, "moved away");
  EXPECT_FALSE(it_.stage_changes.back().loss_reason) << "it is no second loss";
  EXPECT_EQ(Story().present().loss_reason, LossReason::kOther);
}

TEST_F(CorrectionTest, AMoveThatNeverWasBeginsNoVisit) {
  ASSERT_TRUE(Correct(3, "needs_confirmed").ok());
  EXPECT_EQ(it_.stage, "needs_confirmed");
  EXPECT_EQ(it_.stage_enter_time, Day(2)) << "it never left";
  EXPECT_EQ(Story().visits.size(), 2u);
  ASSERT_TRUE(Move(it_, DefaultPipeline(), "proposal", On(10)).ok());
  EXPECT_EQ(it_.stage_changes.back().time_in_previous_stage, absl::Hours(24 * 8));
}

TEST_F(CorrectionTest, MayBeCorrectedItselfButOnlyOnce) {
  ASSERT_TRUE(Correct(3, "contract").ok());
  const absl::Status again = Correct(3, "payment_terms");
  EXPECT_EQ(error::ReasonOf(again), "STATE_INVALID");
  EXPECT_EQ(Metadata(again, "supersededBy"), "4");
  ASSERT_TRUE(Correct(4, "payment_terms").ok());
  EXPECT_EQ(it_.stage, "payment_terms");
  EXPECT_EQ(Story().places.size(), 3u);
}

TEST_F(CorrectionTest, TimesStayBetweenTheMovesBeforeAndAfter) {
  const Opportunity before = it_;
  const absl::Status early = Correct(2, "", -1);
  EXPECT_EQ(error::ReasonOf(early), "EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(Metadata(early, "earliest"), "2026-03-01T00:00:00Z");
  EXPECT_EQ(Metadata(early, "latest"), "2026-03-05T00:00:00Z");
  EXPECT_EQ(error::ReasonOf(Correct(2, "", 5)), "EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(error::ReasonOf(Correct(3, "", 11)), "EFFECTIVE_TIME_INVALID") << "the future";
  EXPECT_EQ(error::ReasonOf(Correct(1, "", 3)), "EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(it_, before);
  EXPECT_TRUE(Correct(2, "", 0).ok());
  EXPECT_TRUE(Correct(4, "", 4).ok());
}

TEST_F(CorrectionTest, AMoveThatLeadsSomewhereAgainMustFitIn) {
  ASSERT_TRUE(Correct(3, "needs_confirmed").ok());  // in needs_confirmed since day 2
  Occasion occasion = On(10);
  occasion.effective_time = Day(3);
  ASSERT_TRUE(Move(it_, DefaultPipeline(), "contract", occasion).ok());
  const absl::Status status = Correct(2, "payment_terms");  // needs_confirmed on day 4 after all
  EXPECT_EQ(error::ReasonOf(status), "EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(Metadata(status, "version"), "5");
}

// Every type of stage with every kind of correction of the move that led there.
TEST_F(CorrectionTest, ChangesNoOutcome) {
  for (const Stage& from : DefaultPipeline().stages) {
    if (from.key == "discovery") continue;
    for (const Stage& to : DefaultPipeline().stages) {
      Opportunity again = Ready();
      ASSERT_TRUE(Open(again, DefaultPipeline(), On(0)).ok());
      std::vector<StageChange> history = {again.stage_changes.back()};
      again.stage_changes.clear();
      const absl::Status moved = from.type == StageType::kWon ? Win(again, DefaultPipeline(), On(1))
                                 : from.type == StageType::kLost
                                     ? Lose(again, DefaultPipeline(), On(1), LossReason::kPrice)
                                     : Move(again, DefaultPipeline(), from.key, On(1));
      ASSERT_TRUE(moved.ok()) << moved;
      history.push_back(again.stage_changes.back());
      const Opportunity before = again;
      const absl::Status status =
          CorrectChange(again, DefaultPipeline(), history, {2, to.key, "why"}, On(3));
      const bool legal =
          from.type == StageType::kOpen && to.type == StageType::kOpen && from.key != to.key;
      EXPECT_EQ(status.ok(), legal) << from.key << " → " << to.key << ": " << status;
      EXPECT_EQ(again.stage_type, before.stage_type);
      if (!legal) {
        EXPECT_EQ(again, before);
      }
      EXPECT_EQ(error::ReasonOf(status), legal          ? ""
                                         : &from == &to ? "FIELD_INVALID"
                                                        : "STATE_INVALID");
    }
  }
}

TEST_F(CorrectionTest, AHistoryOfAnotherTimeIsReadAgain) {
  const std::vector<StageChange> history(it_.stage_changes.begin(), it_.stage_changes.end() - 1);
  const absl::Status status =
      CorrectChange(it_, DefaultPipeline(), history, {2, "contract", "why"}, On(10));
  EXPECT_EQ(error::ReasonOf(status), "WRITE_CONFLICT");
}

TEST_F(CorrectionTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(error::ReasonOf(Correct(7, "contract")), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(error::ReasonOf(Correct(0, "contract")), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(Correct(3, "nowhere"), "resource"), "pipelines/default/stages/nowhere");
  EXPECT_EQ(error::ReasonOf(Correct(3, "")), "FIELD_INVALID");
  EXPECT_EQ(error::ReasonOf(Correct(3, "", 4)), "FIELD_INVALID");
}

TEST(Replay, RefusesWhatIsNoHistory) {
  const Opportunity it = [] {
    Opportunity it = Fresh();
    EXPECT_TRUE(Open(it, DefaultPipeline(), On(0)).ok());
    return it;
  }();
  std::vector<StageChange> changes = it.stage_changes;
  EXPECT_FALSE(Replay({}).ok());
  changes[0].version = 2;
  EXPECT_FALSE(Replay(changes).ok());
  changes = {it.stage_changes[0], it.stage_changes[0]};
  changes[1].version = 2;
  changes[1].correction.emplace().version = 2;
  EXPECT_FALSE(Replay(changes).ok()) << "corrects itself";
  changes[1].correction->version = 1;
  EXPECT_TRUE(Replay(changes).ok());
  changes.push_back(changes[1]);
  changes[2].version = 3;
  EXPECT_FALSE(Replay(changes).ok()) << "corrects what is superseded";
}

}  // namespace
}  // namespace crm::opportunity::testing
