// Whatever is merged, unmerged, edited and moved in whatever order: names, fields, stages and
// accounts are what they have to be.

#include "tests/contract/contact/merge_model.h"

namespace crm::contact::testing {
namespace {

class RandomMerges : public MergeModel, public ::testing::WithParamInterface<unsigned> {};

TEST_P(RandomMerges, LeaveEverythingAsItHasToBe) {
  random_.seed(GetParam());
  CreateAll();
  for (int step = 0; step < 60; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", step ", step));
    const uint64_t what = random_() % 10;
    if (what < 3) {
      MergeSome();
    } else if (what < 6) {
      UnmergeOne();
    } else if (what < 7) {
      EditOne();
    } else {
      MoveOne();
    }
    ExpectAllIsAsItHasToBe();
    if (HasFailure()) return;
  }
  ExpectHistory();
  EXPECT_GT(merges_made_, 0);
  EXPECT_GT(unmerges_made_, 0);
  EXPECT_GT(compared_, 0);
}

// Merged one after the other or together, values chosen at random, and nobody changes anything:
// what one took has to be given back also from under what the next one took.
TEST_P(RandomMerges, PartedInAnyOrderAreWhatTheyWere) {
  random_.seed(GetParam());
  CreateAll();
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", round ", round));
    std::vector<uint64_t> others = {4, 5, 6};
    std::shuffle(others.begin(), others.end(), random_);
    for (size_t i = 0; i < others.size();) {
      const size_t end = i + 1 + random_() % (others.size() - i);
      MergeOrder order = Order(7, {others.begin() + static_cast<int64_t>(i),
                                   others.begin() + static_cast<int64_t>(end)});
      ChooseSome(order);
      ASSERT_TRUE(Merge(order).ok());
      i = end;
    }
    std::shuffle(others.begin(), others.end(), random_);
    for (const uint64_t id : others) {
      const auto unmerged = Unmerge(id);
      ASSERT_TRUE(unmerged.ok()) << unmerged.status();
      EXPECT_THAT(unmerged->not_restored, ::testing::IsEmpty());
      EXPECT_EQ(FieldsOf(*Stored(id)), FieldsOf(first_[id])) << id;
    }
    ASSERT_EQ(FieldsOf(*Stored(7)), FieldsOf(first_[7]));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMerges, ::testing::Range(1u, 7u));

// Merged in one go and one by one, with choices that override each other, and parted in any order
// without an edit between: all are what they were, to the last field.
TEST_F(MergeModel, WhatIsPartedWithoutAnEditIsWhatItWas) {
  CreateAll();
  MergeOrder order = Order(7, {4, 5});
  order.choices = {{"owner", Id(4)}, {"display_name", Id(5)}, {"attributes.origin", Id(5)}};
  ASSERT_TRUE(Merge(order).ok());
  order = Order(7, {6});
  order.choices = {{"owner", Id(6)}, {"attributes.origin", Id(6)}};
  ASSERT_TRUE(Merge(order).ok());
  const Contact merged = *Stored(7);
  EXPECT_EQ(merged.owner, "agent-6");
  EXPECT_EQ(merged.display_name, "Person 5");
  EXPECT_EQ(merged.attributes.at("origin"), "list 2");
  EXPECT_EQ(merged.external_id, "ext-6");
  EXPECT_EQ(merged.emails.size(), 4u);
  EXPECT_EQ(merged.employments.size(), 2u);  // two were Buyer with the same firm
  for (const uint64_t id : {4, 6, 5}) {
    const auto unmerged = Unmerge(id);
    ASSERT_TRUE(unmerged.ok()) << unmerged.status();
    EXPECT_THAT(unmerged->not_restored, ::testing::IsEmpty());
    EXPECT_EQ(FieldsOf(*Stored(id)), FieldsOf(first_[id])) << id;
  }
  EXPECT_EQ(FieldsOf(*Stored(7)), FieldsOf(first_[7]));
}

}  // namespace
}  // namespace crm::contact::testing
