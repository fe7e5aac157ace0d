#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/lead/conversion_fixture.h"

namespace crm::lead {
namespace {

using Fault = testing::FragileRepository<Lead>::Fault;

// A crash, or a broken connection, before or after each of the two commits.
struct CrashCase {
  int write;
  Fault fault;
  LeadState left;
};

class CrashTest : public ConversionTest, public ::testing::WithParamInterface<CrashCase> {};

TEST_P(CrashTest, IsCompletedByARetry) {
  leads_.BreakAt(GetParam().write, GetParam().fault);
  EXPECT_FALSE(Convert(Call()).ok());
  EXPECT_EQ(Stored().state, GetParam().left);
  EXPECT_EQ(*Convert(Call()), Expected());
  ExpectConvertedOnce();
}

TEST_P(CrashTest, IsCompletedByTheCompleter) {
  leads_.BreakAt(GetParam().write, GetParam().fault);
  EXPECT_FALSE(Convert(Call()).ok());
  if (GetParam().left == LeadState::kQualified) {
    EXPECT_TRUE(opener_.OpenedFor(testing::IdOf(1)).empty());  // nothing has begun
    return;
  }
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 1);
  ExpectConvertedOnce();
  EXPECT_EQ(*Convert(Call()), Expected());
}

INSTANTIATE_TEST_SUITE_P(
    EveryCommit, CrashTest,
    ::testing::Values(CrashCase{1, Fault::kBeforeCommit, LeadState::kQualified},
                      CrashCase{1, Fault::kAfterCommit, LeadState::kConverting},
                      CrashCase{2, Fault::kBeforeCommit, LeadState::kConverting},
                      CrashCase{2, Fault::kAfterCommit, LeadState::kConverted}));

TEST_F(ConversionTest, TheCompleterBacksOffFurtherEachTime) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  const Lead lead = Stored();
  std::vector<absl::Duration> pauses;
  for (const int attempt : {1, 2, 3, 4, 50}) {
    conversion_store_.due.push_back({"acme", lead.conversion->id, lead.id, attempt});
    EXPECT_EQ(*conversions_.CompleteDue(10), 1);
    pauses.push_back(conversion_store_.postponed.back().next_attempt - clock_.Now());
  }
  EXPECT_TRUE(std::is_sorted(pauses.begin(), pauses.end()));
  EXPECT_LE(pauses.back(), absl::Minutes(1));
  EXPECT_GT(pauses.back(), absl::Seconds(59));
  opener_.SetMode(Mode::kNormal);
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 1);
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, ADamagedConversionThatIsDueDoesNotHoldUpTheOthers) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  opener_.SetMode(Mode::kNormal);
  conversion_store_.damaged = 2;
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 3);
  ExpectConvertedOnce();
  EXPECT_EQ(*conversions_.CompleteDue(10), 2) << "those that cannot be read are counted as taken";
}

TEST_F(ConversionTest, TwoCompletersAtOnceDoItOnce) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  opener_.SetMode(Mode::kNormal);
  MakeDue();
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 2);
  ExpectConvertedOnce();
}

}  // namespace
}  // namespace crm::lead
