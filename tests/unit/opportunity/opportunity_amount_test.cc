// The amount of an opportunity: by hand, or by its line items; of a won one neither.

#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

const std::vector<LineItem> kTwoLines = {{"press", 2'500, {"USD", 1001}, 0},
                                         {"service", 1'000, {"USD", 500}, 100}};
constexpr int64_t kTheirSum = 2502 + 450;

std::string FieldOf(const absl::Status& status) {
  const auto details = error::DetailsOf(status);
  return details && details->fields.size() == 1 ? details->fields[0].field : std::string();
}

absl::Status SetLines(Opportunity& it, std::vector<LineItem> lines) {
  OpportunityEdit edit;
  edit.line_items = std::move(lines);
  return Edit(it, edit, DefaultPipeline());
}

absl::Status SetAmount(Opportunity& it, std::optional<base::Money> amount) {
  OpportunityEdit edit;
  edit.amount.emplace(std::move(amount));
  return Edit(it, edit, DefaultPipeline());
}

Opportunity WithLines(absl::string_view stage = "proposal") {
  Opportunity it = Ready("proposal");
  EXPECT_TRUE(SetLines(it, kTwoLines).ok());
  if (stage == "won") {
    EXPECT_TRUE(Win(it, DefaultPipeline(), On(2)).ok());
  }
  return it;
}

// The account of the customer counts what was won; nothing tells it of a later edit.
TEST(WonAmount, CannotBeEditedOrCleared) {
  for (const Opportunity& won : {Ready("won"), WithLines("won")}) {
    std::vector<OpportunityEdit> edits(5);
    edits[0].amount.emplace(base::Money{"USD", won.amount->minor + 1});
    edits[1].amount.emplace(base::Money{"EUR", won.amount->minor});
    edits[2].amount.emplace(std::nullopt);
    edits[3].line_items = std::vector<LineItem>{{"press", 1'000, won.amount.value(), 1}};
    edits[4].line_items = std::vector<LineItem>{{"other", 1'000, won.amount.value(), 0}};
    for (OpportunityEdit& edit : edits) {
      if (&edit == &edits[2] && !won.line_items.empty()) continue;  // means the sum
      edit.display_name = "not this either";
      Opportunity it = won;
      const absl::Status status = Edit(it, edit, DefaultPipeline());
      EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID") << &edit - edits.data();
      EXPECT_EQ(Metadata(status, "useMethod"), "ReopenOpportunity");
      EXPECT_EQ(it, won);
    }
  }
}

TEST(WonAmount, LetsWhatIsThereBeRepeatedAndTheRestBeEdited) {
  for (Opportunity won : {Ready("won"), WithLines("won")}) {
    const base::Money amount = won.amount.value();
    OpportunityEdit edit;
    edit.amount.emplace(amount);
    edit.line_items = won.line_items;
    edit.display_name = "Forty-one presses";
    EXPECT_TRUE(Edit(won, edit, DefaultPipeline()).ok());
    EXPECT_EQ(won.display_name, "Forty-one presses");
    EXPECT_EQ(won.amount, amount);
  }
}

TEST(WonAmount, CanBeEditedAgainOnceReopened) {
  Opportunity it = WithLines("won");
  ASSERT_TRUE(Reopen(it, DefaultPipeline(), "contract", On(3), "annulled").ok());
  EXPECT_TRUE(SetLines(it, {kTwoLines[0]}).ok());
  EXPECT_EQ(it.amount->minor, 2502);
}

TEST(LostAmount, CanBeEdited) {
  Opportunity it = Ready("lost");
  EXPECT_TRUE(SetAmount(it, base::Money{"USD", 5}).ok());
  EXPECT_EQ(it.amount->minor, 5);
}

TEST(LineItems, SetTheAmount) {
  Opportunity it = WithLines();
  EXPECT_EQ(it.amount, (base::Money{"USD", kTheirSum}));
  ASSERT_TRUE(SetLines(it, {kTwoLines[1]}).ok());
  EXPECT_EQ(it.amount, (base::Money{"USD", 450}));
}

TEST(LineItems, RefuseAnAmountSetByHandAndSayWhy) {
  Opportunity it = WithLines();
  const Opportunity before = it;
  const absl::Status status = SetAmount(it, base::Money{"USD", 3000});
  EXPECT_EQ(error::ReasonOf(status), "FIELD_INVALID");
  EXPECT_EQ(FieldOf(status), "amount");
  EXPECT_NE(error::DetailsOf(status)->fields[0].description.find("2952 USD"), std::string::npos);
  EXPECT_EQ(it, before);
  EXPECT_TRUE(SetAmount(it, std::nullopt).ok()) << "nothing by hand: the sum stays";
  EXPECT_EQ(it, before);

  OpportunityEdit both;
  both.line_items = std::vector<LineItem>{kTwoLines[0]};
  both.amount.emplace(base::Money{"USD", 2503});
  EXPECT_EQ(FieldOf(Edit(it, both, DefaultPipeline())), "amount");
  Opportunity by_hand = Ready("proposal");
  both.amount.emplace(by_hand.amount);
  EXPECT_EQ(FieldOf(Edit(by_hand, both, DefaultPipeline())), "amount");
  both.amount.emplace(base::Money{"USD", 2502});
  EXPECT_TRUE(Edit(by_hand, both, DefaultPipeline()).ok());
}

// A client reads the opportunity, changes its lines and sends everything back.
TEST(LineItems, MayComeBesideTheSumOfTheOldOnes) {
  Opportunity it = WithLines();
  OpportunityEdit edit;
  edit.amount.emplace(it.amount);
  edit.line_items = std::vector<LineItem>{kTwoLines[0]};
  ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
  EXPECT_EQ(it.amount->minor, 2502);
}

TEST(LineItems, LeaveTheirSumBehindAsAnAmountByHand) {
  Opportunity it = WithLines();
  ASSERT_TRUE(SetLines(it, {}).ok());
  EXPECT_EQ(it.amount, (base::Money{"USD", kTheirSum}));
  ASSERT_TRUE(SetAmount(it, base::Money{"EUR", 1}).ok());
  EXPECT_EQ(it.amount, (base::Money{"EUR", 1}));

  it = WithLines();
  OpportunityEdit edit;
  edit.line_items.emplace();
  edit.amount.emplace(std::nullopt);
  ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
  EXPECT_EQ(it.amount, std::nullopt);
}

TEST(LineItems, OfSeveralCurrenciesChangeNothing) {
  Opportunity it = WithLines();
  const Opportunity before = it;
  std::vector<LineItem> lines = kTwoLines;
  lines[1].unit_price.currency = "EUR";
  EXPECT_EQ(FieldOf(SetLines(it, lines)), "line_items[1].unit_price.currency_code");
  EXPECT_EQ(it, before);
}

TEST(LineItems, OfANewOpportunityAreCounted) {
  Opportunity it = Fresh();
  it.line_items = kTwoLines;
  ASSERT_TRUE(CountLineItems(it).ok());
  EXPECT_EQ(it.amount->minor, kTheirSum);
  it.amount = base::Money{"USD", 1};
  EXPECT_EQ(FieldOf(CountLineItems(it)), "amount");
}

TEST(LineItems, RefuseAnotherFinalAmount) {
  Opportunity it = WithLines();
  const Opportunity before = it;
  const absl::Status status = Win(it, DefaultPipeline(), On(2), base::Money{"USD", 1});
  EXPECT_EQ(FieldOf(status), "amount");
  EXPECT_EQ(it, before);
  EXPECT_TRUE(Win(it, DefaultPipeline(), On(2), base::Money{"USD", kTheirSum}).ok());
}

}  // namespace
}  // namespace crm::opportunity::testing
