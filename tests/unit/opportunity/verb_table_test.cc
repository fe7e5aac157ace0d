// Every type of stage with every verb: where it leads, what it asks for and what it sets.

#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "services/opportunity/domain/stage_correction.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

enum class Verb { kMove, kWin, kLose, kReopen, kCorrectStage, kCorrectTime };

struct Row {
  StageType from;
  Verb verb;
  // Nothing: refused with STATE_INVALID.
  std::optional<StageType> to;
  std::optional<ChangeKind> kind;
  bool gated;  // asks for gates when it leads forward
};

constexpr Row kTable[] = {
    {StageType::kOpen, Verb::kMove, StageType::kOpen, ChangeKind::kMoved, true},
    {StageType::kOpen, Verb::kWin, StageType::kWon, ChangeKind::kWon, true},
    {StageType::kOpen, Verb::kLose, StageType::kLost, ChangeKind::kLost, false},
    {StageType::kOpen, Verb::kReopen, std::nullopt, std::nullopt, false},
    {StageType::kOpen, Verb::kCorrectStage, StageType::kOpen, ChangeKind::kCorrected, false},
    {StageType::kOpen, Verb::kCorrectTime, StageType::kOpen, ChangeKind::kCorrected, false},
    {StageType::kWon, Verb::kMove, std::nullopt, std::nullopt, false},
    {StageType::kWon, Verb::kWin, std::nullopt, std::nullopt, false},
    {StageType::kWon, Verb::kLose, std::nullopt, std::nullopt, false},
    {StageType::kWon, Verb::kReopen, StageType::kOpen, ChangeKind::kReopened, false},
    {StageType::kWon, Verb::kCorrectStage, std::nullopt, std::nullopt, false},
    {StageType::kWon, Verb::kCorrectTime, StageType::kWon, ChangeKind::kCorrected, false},
    {StageType::kLost, Verb::kMove, std::nullopt, std::nullopt, false},
    {StageType::kLost, Verb::kWin, std::nullopt, std::nullopt, false},
    {StageType::kLost, Verb::kLose, std::nullopt, std::nullopt, false},
    {StageType::kLost, Verb::kReopen, StageType::kOpen, ChangeKind::kReopened, false},
    {StageType::kLost, Verb::kCorrectStage, std::nullopt, std::nullopt, false},
    {StageType::kLost, Verb::kCorrectTime, StageType::kLost, ChangeKind::kCorrected, false},
};

// An opportunity of which every gate is met, and then, unless `ready`, none; with its history. It
// is in its first stage, or closed.
struct Case {
  Opportunity it;
  std::vector<StageChange> history;
};

Case In(StageType type, bool ready) {
  Case one{Ready(), {}};
  EXPECT_TRUE(Open(one.it, DefaultPipeline(), On(0)).ok());
  if (type == StageType::kWon) {
    EXPECT_TRUE(Win(one.it, DefaultPipeline(), On(1)).ok());
  } else if (type == StageType::kLost) {
    EXPECT_TRUE(Lose(one.it, DefaultPipeline(), On(1), LossReason::kPrice).ok());
  }
  one.history = std::move(one.it.stage_changes);
  one.it.stage_changes.clear();
  if (ready) return one;
  one.it.needs.clear();
  one.it.amount.reset();
  one.it.expected_close_date.reset();
  one.it.contact_roles.clear();
  one.it.present_supplier = {};
  one.it.payment_terms = {};
  one.it.contract = {};
  return one;
}

absl::Status Do(Verb verb, Case& one) {
  const Pipeline& pipeline = DefaultPipeline();
  const int64_t latest = one.it.stage_version;
  Occasion early = On(4);
  early.effective_time = kStart + absl::Hours(30);
  switch (verb) {
    case Verb::kMove:
      return Move(one.it, pipeline, "contract", On(4));
    case Verb::kWin:
      return Win(one.it, pipeline, On(4));
    case Verb::kLose:
      return Lose(one.it, pipeline, On(4), LossReason::kBudget);
    case Verb::kReopen:
      return Reopen(one.it, pipeline, "contract", On(4), "again");
    case Verb::kCorrectStage:
      return CorrectChange(one.it, pipeline, one.history, {latest, "contract", "wrong"}, On(4));
    case Verb::kCorrectTime:
      return CorrectChange(one.it, pipeline, one.history, {latest, "", "wrong"}, early);
  }
  return absl::UnknownError("no such verb");
}

void ExpectSnapshot(const Opportunity& it) {
  switch (it.stage_type) {
    case StageType::kOpen:
      EXPECT_FALSE(it.close_time || it.loss_reason);
      break;
    case StageType::kWon:
      EXPECT_EQ(it.probability, 100);
      EXPECT_EQ(it.category, ForecastCategory::kClosed);
      EXPECT_TRUE(it.close_time && !it.loss_reason);
      break;
    case StageType::kLost:
      EXPECT_EQ(it.probability, 0);
      EXPECT_EQ(it.category, ForecastCategory::kOmitted);
      EXPECT_TRUE(it.close_time && it.loss_reason);
      break;
  }
}

TEST(VerbTable, HoldsEveryTypeWithEveryVerbOnce) {
  EXPECT_EQ(std::size(kTable), 3u * 6u);
  for (size_t i = 0; i < std::size(kTable); ++i) {
    EXPECT_EQ(static_cast<size_t>(kTable[i].from), i / 6 + 1);
    EXPECT_EQ(static_cast<size_t>(kTable[i].verb), i % 6);
  }
}

TEST(VerbTable, EveryTypeWithEveryVerb) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(absl::StrCat(base::NameOf(kStageTypeNames, row.from), " with verb ",
                              static_cast<int>(row.verb)));
    Case one = In(row.from, true);
    const Opportunity before = one.it;
    const absl::Status status = Do(row.verb, one);
    if (!row.to) {
      EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID");
      EXPECT_EQ(one.it, before);
      continue;
    }
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(one.it.stage_type, *row.to);
    ExpectSnapshot(one.it);
    ASSERT_EQ(one.it.stage_changes.size(), 1u);
    const StageChange& change = one.it.stage_changes[0];
    EXPECT_EQ(change.kind, *row.kind);
    EXPECT_EQ(change.version, before.stage_version + 1);
    EXPECT_EQ(change.before->type, row.from);
    EXPECT_EQ(change.after.type, *row.to);
    EXPECT_EQ(change.before->stage_name, DefaultPipeline().Find(before.stage)->display_name);
    EXPECT_EQ(change.after.stage_name, DefaultPipeline().Find(one.it.stage)->display_name);
    EXPECT_EQ(change.met_gates.empty(), !row.gated && *row.kind != ChangeKind::kLost);
  }
}

TEST(VerbTable, AllUnmetGatesComeAtOnceAndOnlyWhereTheyAreAsked) {
  for (const Row& row : kTable) {
    if (!row.to) continue;
    Case one = In(row.from, false);
    const Opportunity before = one.it;
    const absl::Status status = Do(row.verb, one);
    SCOPED_TRACE(static_cast<int>(row.verb));
    EXPECT_EQ(status.ok(), !row.gated) << status;
    if (!row.gated) continue;
    EXPECT_EQ(one.it, before);
    EXPECT_EQ(error::ReasonOf(status), "GATES_UNMET");
    EXPECT_EQ(error::DetailsOf(status)->preconditions.size(), row.verb == Verb::kWin ? 10u : 8u);
  }
}

}  // namespace
}  // namespace crm::opportunity::testing
