#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/damaged_rows.h"
#include "tests/contract/lead/lead_store.h"

namespace crm::lead {
namespace {

class ConversionStoreTest : public LeadStoreTest {
 protected:
  void StartOn(const base::Uuid& lead, const Conversion& conversion) {
    Lead fresh = FullLead();
    fresh.id = lead;
    fresh.external_id = "";
    ASSERT_TRUE(Create(fresh).ok());
    last_ = Change(lead, [&](Lead& l) {
      l.state = LeadState::kQualified;
      l.activities.two_way = true;
      return StartConversion(l, conversion, "", At(kStart + absl::Hours(5)));
    });
  }
  absl::Status last_;
};

TEST_F(ConversionStoreTest, ARequestIdBeginsOneConversionOnly) {
  StartOn(IdOf(1), AConversion());
  ASSERT_TRUE(last_.ok()) << last_;
  StartOn(IdOf(2), AConversion());
  EXPECT_EQ(error::ReasonOf(last_), error::kRequestIdReused) << last_;
  EXPECT_EQ(Stored(IdOf(2)).state, LeadState::kNew);
}

TEST_F(ConversionStoreTest, LooksUpWhatHasBegun) {
  StartOn(IdOf(1), AConversion());
  const Conversion other = AConversion(51);
  const ConversionQuestion questions[] = {{"acme", other.request_id, other.id},
                                          {"acme", IdOf(50), AConversion().id},
                                          {"other", IdOf(50), AConversion().id}};
  const auto known = *conversion_store_->LookUp(questions, kNoDeadline);
  ASSERT_EQ(known.size(), 3u);
  EXPECT_FALSE(known[0]->lead.has_value());
  EXPECT_EQ(known[1]->lead, IdOf(1));
  EXPECT_EQ(known[1]->conversion_hash, AConversion().request_hash);
  EXPECT_FALSE(known[1]->answered_hash.has_value());
  EXPECT_FALSE(known[2]->lead.has_value());
}

TEST_F(ConversionStoreTest, CountsWhatIsPending) {
  EXPECT_EQ(conversion_store_->CountPending(kNoDeadline)->count, 0);
  EXPECT_FALSE(conversion_store_->CountPending(kNoDeadline)->oldest.has_value());
  StartOn(IdOf(1), AConversion());
  const absl::Time first = clock_.Now();
  clock_.Advance(absl::Minutes(3));
  StartOn(IdOf(2), AConversion(51));
  const PendingConversions two = *conversion_store_->CountPending(kNoDeadline);
  EXPECT_EQ(two.count, 2);
  EXPECT_EQ(two.oldest, first);
  Sql("UPDATE conversion SET state = 'COMPLETED' WHERE lead = '" + IdOf(1).ToString() + "'");
  const PendingConversions one = *conversion_store_->CountPending(kNoDeadline);
  EXPECT_EQ(one.count, 1);
  EXPECT_EQ(one.oldest, clock_.Now());
}

TEST_F(ConversionStoreTest, ADueConversionIsTakenByOneAtATime) {
  StartOn(IdOf(1), AConversion());
  const absl::Time now = clock_.Now();
  EXPECT_TRUE(conversion_store_->TakeDue(now, now + absl::Seconds(30), 10, kNoDeadline)->empty());
  const absl::Time later = now + absl::Minutes(1);
  const auto due = *conversion_store_->TakeDue(later, later + absl::Seconds(30), 10, kNoDeadline);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0]->lead, IdOf(1));
  EXPECT_EQ(due[0]->attempt, 1);
  EXPECT_TRUE(
      conversion_store_->TakeDue(later, later + absl::Seconds(30), 10, kNoDeadline)->empty());
  const Postponement soon{"acme", AConversion().id, later, "UNAVAILABLE"};
  ASSERT_TRUE(conversion_store_->Postpone(absl::MakeConstSpan(&soon, 1), kNoDeadline).ok());
  EXPECT_EQ(
      conversion_store_->TakeDue(later, later + absl::Seconds(30), 10, kNoDeadline)->at(0)->attempt,
      2);
  EXPECT_EQ(Sql("SELECT last_error FROM conversion"), "UNAVAILABLE");
}

TEST_F(ConversionStoreTest, ADamagedConversionDoesNotHoldUpTheOthers) {
  StartOn(IdOf(1), AConversion());
  StartOn(IdOf(2), AConversion(51));
  const base::Uuid damaged = AConversion().id;
  Sql("ALTER TABLE conversion ALTER lead DROP NOT NULL, ALTER request_hash DROP NOT NULL; "
      "UPDATE conversion SET request_hash = NULL WHERE id = '" +
      damaged.ToString() + "'");
  const ConversionQuestion questions[] = {{"acme", IdOf(50), damaged},
                                          {"acme", IdOf(51), AConversion(51).id}};
  const auto known = *conversion_store_->LookUp(questions, kNoDeadline);
  crm::testing::ExpectDamaged(known[0].status(), "conversions/" + damaged.ToString());
  EXPECT_EQ(known[1]->lead, IdOf(2));

  Sql("UPDATE conversion SET lead = NULL WHERE id = '" + damaged.ToString() + "'");
  const absl::Time later = clock_.Now() + absl::Minutes(1);
  const auto due = *conversion_store_->TakeDue(later, later + absl::Seconds(30), 10, kNoDeadline);
  ASSERT_EQ(due.size(), 2u);
  const size_t sound = due[0].ok() ? 0 : 1;
  EXPECT_EQ(due[sound]->lead, IdOf(2));
  crm::testing::ExpectDamaged(due[1 - sound].status(), "conversions/" + damaged.ToString());
}

TEST_F(ConversionStoreTest, FinishedConversionsAreNeverDue) {
  StartOn(IdOf(1), AConversion());
  ASSERT_TRUE(Change(IdOf(1), [](Lead& lead) {
                return FinishConversion(lead, AConversion().id, At(kStart + absl::Hours(6)));
              }).ok());
  const absl::Time later = clock_.Now() + absl::Hours(1);
  EXPECT_TRUE(conversion_store_->TakeDue(later, later, 10, kNoDeadline)->empty());
  EXPECT_EQ(Sql("SELECT state FROM conversion"), "COMPLETED");
  EXPECT_EQ(Stored(), testing::AsLoaded(written_));
  EXPECT_EQ(Stored().conversion->state, ConversionState::kCompleted);
}

TEST_F(ConversionStoreTest, AnAbandonedConversionKeepsItsCause) {
  StartOn(IdOf(1), AConversion());
  ASSERT_TRUE(Change(IdOf(1), [](Lead& lead) {
                return AbandonConversion(lead, AConversion().id, "STAGE_UNKNOWN",
                                         At(kStart + absl::Hours(6)));
              }).ok());
  EXPECT_EQ(Stored().conversion->refusal, "STAGE_UNKNOWN");
  const ConversionQuestion question{"acme", IdOf(50), AConversion().id};
  const auto known = *conversion_store_->LookUp(absl::MakeConstSpan(&question, 1), kNoDeadline);
  EXPECT_EQ(known[0]->refusal, "STAGE_UNKNOWN");
  EXPECT_EQ(Stored().conversion->state, ConversionState::kCompensated);
}

}  // namespace
}  // namespace crm::lead
