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
  Postponement PutOff(Opening opening, absl::Duration after, const char* error = "FAULT") {
    const absl::Time now = clock_.Now() + after;
    const Postponement item{"acme", AConversion().id, now, now, opening, error};
    stuck_ = *conversion_store_->Postpone(absl::MakeConstSpan(&item, 1), kNoDeadline);
    return item;
  }
  std::vector<absl::StatusOr<DueConversion>> Due(absl::Duration after) {
    const absl::Time now = clock_.Now() + after;
    return *conversion_store_->TakeDue(now, now, 10, kNoDeadline);
  }
  KnownConversion Known() {
    const ConversionQuestion question{"acme", IdOf(50), AConversion().id};
    return *conversion_store_->LookUp(absl::MakeConstSpan(&question, 1), kNoDeadline)->at(0);
  }

  absl::Status last_;
  int stuck_ = 0;
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
  const Postponement soon{"acme", AConversion().id, later, later, Opening::kUnknown, "UNAVAILABLE"};
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

TEST_F(ConversionStoreTest, FaultsAloneForTooLongNeedAttention) {
  StartOn(IdOf(1), AConversion());
  PutOff(Opening::kFaulty, absl::ZeroDuration());
  PutOff(Opening::kFaulty, kMostFaultTime - absl::Seconds(1));
  PutOff(Opening::kUnknown, kMostFaultTime);  // an unanswered attempt is another matter
  PutOff(Opening::kFaulty, kMostFaultTime + absl::Seconds(1));
  EXPECT_EQ(stuck_, 0);
  EXPECT_EQ(conversion_store_->CountPending(kNoDeadline)->count, 1);
  const Postponement last = PutOff(Opening::kFaulty, 2 * kMostFaultTime + absl::Seconds(1), "LAST");
  EXPECT_EQ(stuck_, 1);
  EXPECT_EQ(Sql("SELECT state FROM conversion"), "NEEDS_ATTENTION");
  EXPECT_EQ(Known().fault, "LAST");
  EXPECT_TRUE(Due(absl::Hours(9)).empty());
  EXPECT_EQ(conversion_store_->CountPending(kNoDeadline)->count, 0);
  EXPECT_EQ(conversion_store_->CountPending(kNoDeadline)->need_attention, 1);
  const auto stuck = *conversion_store_->ListStuck(10, kNoDeadline);
  ASSERT_EQ(stuck.size(), 1u);
  EXPECT_EQ(stuck[0].conversion, AConversion().id);
  EXPECT_EQ(stuck[0].lead, IdOf(1));
  EXPECT_EQ(stuck[0].error, "LAST");
  EXPECT_EQ(stuck[0].attempt_time, last.time);
  EXPECT_EQ(Stored().conversion->state, ConversionState::kStarted) << "as older programs know it";

  EXPECT_EQ(*conversion_store_->Resume({}, false, clock_.Now(), kNoDeadline), 1);
  EXPECT_EQ(*conversion_store_->Resume({}, false, clock_.Now(), kNoDeadline), 0);
  EXPECT_FALSE(Known().fault.has_value());
  ASSERT_EQ(Due(absl::ZeroDuration()).size(), 1u);
  PutOff(Opening::kFaulty, absl::Hours(1));
  EXPECT_EQ(stuck_, 0) << "tried anew from the start";
}

TEST_F(ConversionStoreTest, WhatIsGivenUpIsDueOnceItsLastAttemptIsOver) {
  StartOn(IdOf(1), AConversion());
  PutOff(Opening::kFaulty, absl::ZeroDuration());
  PutOff(Opening::kFaulty, kMostFaultTime);
  ASSERT_EQ(stuck_, 1);
  const base::Uuid other = IdOf(77);
  const absl::Time now = clock_.Now() + kMostFaultTime;
  EXPECT_EQ(*conversion_store_->Resume(absl::MakeConstSpan(&other, 1), true, now, kNoDeadline), 0);
  const base::Uuid id = AConversion().id;
  EXPECT_EQ(*conversion_store_->Resume(absl::MakeConstSpan(&id, 1), true, now, kNoDeadline), 1);
  EXPECT_TRUE(Known().given_up);
  EXPECT_TRUE(Due(kMostFaultTime + kConversionLease - absl::Seconds(1)).empty());
  const auto due = Due(kMostFaultTime + kConversionLease);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_TRUE(due[0]->given_up);
  PutOff(Opening::kFaulty, kMostFaultTime + absl::Minutes(1));
  EXPECT_EQ(stuck_, 1) << "it waits for somebody again at once";
}

TEST_F(ConversionStoreTest, ARefusalIsKnownFromItsFirstTime) {
  StartOn(IdOf(1), AConversion());
  EXPECT_FALSE(Known().refused_since.has_value());
  const Postponement first = PutOff(Opening::kRefused, absl::Seconds(1));
  PutOff(Opening::kRefused, absl::Seconds(30));
  EXPECT_EQ(Known().refused_since, first.time);
  EXPECT_EQ(Due(absl::Minutes(1))[0]->refused_since, first.time);
  PutOff(Opening::kUnknown, absl::Minutes(1));
  EXPECT_FALSE(Known().refused_since.has_value());
}

TEST_F(ConversionStoreTest, ARefusedRequestGetsItsRefusalAgainAfterAnotherOne) {
  StartOn(IdOf(1), AConversion(50));
  const auto abandon = [](uint64_t request) {
    return [request](Lead& lead) {
      return AbandonConversion(lead, AConversion(request).id, absl::StrCat("CAUSE_", request),
                               At(kStart + absl::Hours(6)));
    };
  };
  const auto start = [](uint64_t request) {
    return [request](Lead& lead) {
      return StartConversion(lead, AConversion(request), "", At(kStart + absl::Hours(5)));
    };
  };
  ASSERT_TRUE(Change(IdOf(1), abandon(50)).ok());
  ASSERT_TRUE(Change(IdOf(1), start(51)).ok());
  ASSERT_TRUE(Change(IdOf(1), abandon(51)).ok());
  const absl::Status again = Change(IdOf(1), start(50));
  EXPECT_EQ(error::ReasonOf(again), "CONVERSION_REFUSED") << again;
  EXPECT_EQ(testing::MetadataOf(again, "cause"), "CAUSE_50");
  EXPECT_EQ(Stored().state, LeadState::kQualified);
  EXPECT_TRUE(Change(IdOf(1), start(52)).ok());
}

}  // namespace
}  // namespace crm::lead
