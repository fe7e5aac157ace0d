// Changes of one batch that get in each other's way, run against both repositories.

#include "tests/contract/aggregate/repository_contract.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;

class ConflictContract : public RepositoryContract {};

TEST_P(ConflictContract, OfSeveralChangesOfOneThingOnlyTheConflictingOneIsRefused) {
  Seed(1, "taken");
  Seed(2);
  Seed(3);
  Change<Note> before = MoveTo(2, "working");
  Change<Note> guilty = Label(2, "taken");
  Change<Note> after = MoveTo(2, "done");
  Change<Note> neighbour = MoveTo(3, "working");
  Update(before, guilty, after, neighbour);
  EXPECT_EQ(before.outcome->bytes, "hello r2 working");
  EXPECT_EQ(error::ReasonOf(guilty.outcome.status()), "DUPLICATE_LABEL");
  EXPECT_EQ(after.outcome->bytes, "hello r3 done");
  EXPECT_EQ(neighbour.outcome->bytes, "hello r2 working");
  EXPECT_EQ(Stored(2), "hello r3 done");
  EXPECT_THAT(subject_.history(Id(2)), ElementsAre(">new", "new>working", "working>done"));
}

TEST_P(ConflictContract, ARuleIsNotJudgedByAChangeThatIsRefused) {
  Seed(1, "taken");
  Seed(2);
  Change<Note> guilty = Label(2, "taken");
  Change<Note> follows = Write(2, "");
  follows.apply = [](Note& note) -> absl::Status {
    if (!note.label.empty()) return error::StateInvalid("note", note.stage, "is labelled");
    note.text = "plain";
    return absl::OkStatus();
  };
  Update(guilty, follows);
  EXPECT_EQ(error::ReasonOf(guilty.outcome.status()), "DUPLICATE_LABEL");
  ASSERT_TRUE(follows.outcome.ok()) << follows.outcome.status();
  EXPECT_EQ(Stored(2), "plain r2 new");
}

TEST_P(ConflictContract, WhatOneGivesUpAnotherOfTheBatchMayTake) {
  Seed(1, "a");
  Seed(2, "b");
  Seed(3);
  Seed(4);
  Change<Note> gives = Label(1, "c");
  Change<Note> takes = Label(3, "a");
  Change<Note> gives_late = Label(4, "d");
  Change<Note> takes_lower = Label(2, "e");
  Change<Note> takes_of_lower = Label(4, "b");
  Update(gives, takes, gives_late, takes_lower, takes_of_lower);
  for (const Change<Note>* change : {&gives, &takes, &gives_late, &takes_lower, &takes_of_lower}) {
    EXPECT_TRUE(change->outcome.ok()) << change->outcome.status();
  }
  EXPECT_EQ(Stored(3), "labelled a r2 new");
  EXPECT_EQ(Stored(4), "labelled b r3 new");
}

TEST_P(ConflictContract, OfTwoThatTakeTheSameTheFirstGetsIt) {
  for (const uint64_t id : {1, 2, 3}) Seed(id);
  Change<Note> first = Label(3, "x");
  Change<Note> second = Label(1, "x");
  Change<Note> third = Label(2, "x");
  Update(first, second, third);
  EXPECT_EQ(first.outcome->bytes, "labelled x r2 new");
  EXPECT_EQ(error::ReasonOf(second.outcome.status()), "DUPLICATE_LABEL");
  EXPECT_EQ(error::ReasonOf(third.outcome.status()), "DUPLICATE_LABEL");
}

TEST_P(ConflictContract, ARepeatInTheBatchOfARefusedChangeIsRefusedToo) {
  Seed(1, "taken");
  Seed(2);
  Change<Note> guilty = Label(2, "taken");
  guilty.request = RequestOf(1);
  Change<Note> repeat = guilty;
  Change<Note> fine = Write(2, "fine");
  Update(guilty, repeat, fine);
  EXPECT_EQ(error::ReasonOf(guilty.outcome.status()), "DUPLICATE_LABEL");
  EXPECT_EQ(error::ReasonOf(repeat.outcome.status()), "DUPLICATE_LABEL");
  EXPECT_EQ(fine.outcome->bytes, "fine r2 new");
}

// One request id, two bodies: the one that was first has it, whatever its neighbours do.
TEST_P(ConflictContract, AForeignRequestInTheBatchDoesNotSpoilAReplay) {
  for (const bool foreign_first : {false, true}) {
    const uint64_t id = foreign_first ? 1 : 2;
    Seed(id);
    Change<Note> original = Write(id, "a");
    original.request = RequestOf(id, 'a');
    Update(original);
    Change<Note> retry = Write(id, "a");
    retry.request = RequestOf(id, 'a');
    Change<Note> again = retry;
    Change<Note> foreign = Write(id, "b");
    foreign.request = RequestOf(id, 'b');
    if (foreign_first) {
      Update(foreign, retry, again);
    } else {
      Update(retry, foreign, again);
    }
    for (const Change<Note>* change : {&retry, &again}) {
      ASSERT_TRUE(change->outcome.ok()) << change->outcome.status();
      EXPECT_EQ(change->outcome->bytes, "a r2 new");
    }
    EXPECT_EQ(error::ReasonOf(foreign.outcome.status()), error::kRequestIdReused);
    EXPECT_EQ(Stored(id), "a r2 new");
  }
}

TEST_P(ConflictContract, AForeignRequestInTheBatchOfTheOriginalIsRefusedAlone) {
  Seed(1);
  Seed(2, "taken");
  Seed(3);
  Change<Note> original = Write(1, "a");
  original.request = RequestOf(1, 'a');
  Change<Note> foreign = Write(1, "b");
  foreign.request = RequestOf(1, 'b');
  Change<Note> repeat = original;
  Change<Note> conflict = Label(3, "taken");
  Update(original, foreign, repeat, conflict);
  EXPECT_EQ(original.outcome->bytes, "a r2 new");
  EXPECT_EQ(error::ReasonOf(foreign.outcome.status()), error::kRequestIdReused);
  ASSERT_TRUE(repeat.outcome.ok()) << repeat.outcome.status();
  EXPECT_EQ(repeat.outcome->bytes, "a r2 new");
  EXPECT_EQ(error::ReasonOf(conflict.outcome.status()), "DUPLICATE_LABEL");
}

TEST_P(ConflictContract, AForeignCreationInTheBatchDoesNotSpoilAReplay) {
  Creation<Note> original = NewNote(1, "a");
  original.request = RequestOf(1, 'a');
  Create(original);
  Creation<Note> foreign = NewNote(2, "b");
  foreign.request = RequestOf(1, 'b');
  Creation<Note> retry = NewNote(1, "a");
  retry.request = RequestOf(1, 'a');
  Creation<Note> again = retry;
  Create(foreign, retry, again);
  EXPECT_EQ(error::ReasonOf(foreign.outcome.status()), error::kRequestIdReused);
  for (const Creation<Note>* creation : {&retry, &again}) {
    ASSERT_TRUE(creation->outcome.ok()) << creation->outcome.status();
    EXPECT_EQ(creation->outcome->bytes, "a r1 new");
  }
  EXPECT_EQ(Stored(2), "none");
}

TEST_P(ConflictContract, ARequestIdOfARefusedCreationIsFreeForAnotherOfTheBatch) {
  Seed(1);
  Creation<Note> taken = NewNote(1, "again");
  taken.request = RequestOf(9, 'a');
  Creation<Note> other = NewNote(2, "other");
  other.request = RequestOf(9, 'b');
  Create(taken, other);
  EXPECT_EQ(error::ReasonOf(taken.outcome.status()), error::kDuplicateId);
  ASSERT_TRUE(other.outcome.ok()) << other.outcome.status();
  EXPECT_EQ(Stored(2), "other r1 new");
}

INSTANTIATE_TEST_SUITE_P(Everywhere, ConflictContract, ::testing::Values("memory", "postgres"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace crm::testing
