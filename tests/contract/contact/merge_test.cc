// Merging contacts and taking it back, against PostgreSQL.

#include "tests/contract/contact/merge_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::contact::testing {
namespace {

TEST_F(MergeTest, WhatWasChangedOrTakenSinceStaysAndIsTold) {
  CreateAll();
  ASSERT_TRUE(Merge(Order(4, {9})).ok());
  ContactEdit edit;
  edit.external_id = "ext-new";
  edit.emails = Stored(4)->emails;
  edit.emails->back().label = "private";
  ASSERT_TRUE(EditByName(9, edit).ok());
  Creation other = NewPerson(20);
  other.aggregate.external_id = "ext-9";
  Create(other);
  ASSERT_TRUE(other.outcome.ok()) << other.outcome.status();

  const auto unmerged = Unmerge(9);
  ASSERT_TRUE(unmerged.ok()) << unmerged.status();
  std::vector<std::string> stayed;
  for (const NotRestored& one : unmerged->not_restored) {
    stayed.push_back(absl::StrCat(one.field, " ", ContactName(one.keeper)));
  }
  EXPECT_THAT(stayed, ::testing::UnorderedElementsAre("emails " + ContactName(Id(4)),
                                                      "external_id " + ContactName(Id(4)),
                                                      "external_id " + ContactName(Id(20))));
  EXPECT_THAT(Stored(9)->emails, ::testing::IsEmpty());
  EXPECT_EQ(Stored(9)->external_id, "");
  EXPECT_EQ(Stored(4)->external_id, "ext-new");
}

TEST_F(MergeTest, AMergeCanBeTakenBackForNinetyDays) {
  CreateAll();
  ASSERT_TRUE(Merge(Order(4, {5})).ok());
  ASSERT_TRUE(Merge(Order(4, {6})).ok());
  clock_.Advance(absl::Hours(24 * 90) - absl::Minutes(3));
  EXPECT_TRUE(Unmerge(6).ok());
  clock_.Advance(absl::Minutes(3));
  EXPECT_EQ(ReasonOf(Unmerge(5).status()), "STATE_INVALID");
}

// The events tell who became part of whom; followers need not ask.
TEST_F(MergeTest, StageEventsTellOfIt) {
  CreateAll();
  ASSERT_TRUE(Apply(Move(ThingKind::kOpportunity, 1, 1, ThingState::kWon, 8)).ok());
  ASSERT_TRUE(Merge(Order(7, {8})).ok());
  ASSERT_TRUE(Unmerge(8).ok());
  const auto moves = [&](const base::Uuid& id) {
    return Sql(
        absl::StrCat("SELECT string_agg(from_stage || '>' || to_stage || ' ' || reason, "
                     "', ' ORDER BY version) FROM stage_history WHERE aggregate = '",
                     id.ToString(), "' AND (version > 1 OR reason <> '')"));
  };
  EXPECT_EQ(moves(Id(8)), "CONTACT>CUSTOMER , CUSTOMER>MERGED MERGED, MERGED>CUSTOMER UNMERGED");
  EXPECT_EQ(moves(Id(7)), "CONTACT>CUSTOMER MERGED, CUSTOMER>CONTACT UNMERGED");
  EXPECT_EQ(moves(AccountIdOf(Id(8))), "ACTIVE>MERGED MERGED, MERGED>ACTIVE UNMERGED");
  EXPECT_EQ(moves(AccountIdOf(Id(7))), ">ACTIVE MERGED");
}

TEST_F(MergeTest, APreviewTellsWhatTheMergeMakesAndChangesNothing) {
  CreateAll();
  ASSERT_TRUE(Apply(Move(ThingKind::kOpportunity, 1, 1, ThingState::kWon, 8)).ok());
  ASSERT_TRUE(Apply(Move(ThingKind::kLead, 2, 1, ThingState::kLive, 8)).ok());
  MergeOrder order = Order(7, {8, 4});
  const std::string before = Sql("SELECT string_agg(c::text, '|' ORDER BY id) FROM contact c");
  const auto preview = merges_.Preview(order, clock_.Now(), absl::Now() + kPatience);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(Sql("SELECT string_agg(c::text, '|' ORDER BY id) FROM contact c"), before);
  EXPECT_EQ(preview->references[0].live.leads, 1);
  EXPECT_EQ(preview->references[0].wins, 1);
  EXPECT_EQ(preview->references[0].account, AccountIdOf(Id(8)));
  EXPECT_EQ(preview->plan.result.stage, LifecycleStage::kCustomer);

  order.plan_token = preview->plan_token;
  ASSERT_TRUE(Merge(order).ok());
  EXPECT_EQ(FieldsOf(*Stored(7)), FieldsOf(preview->plan.result));
  EXPECT_EQ(Stored(7)->stage, LifecycleStage::kCustomer);
}

TEST_F(MergeTest, APlanIsGoneWhenOneOfThemWasEdited) {
  CreateAll();
  MergeOrder order = Order(7, {8});
  order.plan_token = merges_.Preview(order, clock_.Now(), absl::Now() + kPatience)->plan_token;
  ContactEdit edit;
  edit.owner = "agent-99";
  ASSERT_TRUE(EditByName(8, edit).ok());
  const absl::Status refused = Merge(order);
  EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(refused), "ETAG_MISMATCH");
}

}  // namespace
}  // namespace crm::contact::testing
