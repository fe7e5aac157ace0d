// Rules of new aggregates, run against both repositories.

#include "tests/contract/aggregate/repository_contract.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;

class CreationRuleContract : public RepositoryContract {
 protected:
  // A note that its rule moves on, unless `closed`.
  Creation<Note> Ruled(uint64_t id, const std::string& text, const bool& closed) {
    Creation<Note> creation = NewNote(id, text);
    const uint64_t event = 5000 + next_event_++;
    creation.apply = [this, &closed, event](Note& note) -> absl::Status {
      if (closed) return error::StateInvalid("note", note.stage, "nothing more is taken");
      MoveNote(note, "ruled", Id(event), backend_->clock.Now());
      return absl::OkStatus();
    };
    return creation;
  }

  const bool open_ = false;
  const bool closed_ = true;
};

TEST_P(CreationRuleContract, ARuleSetsWhatIsCreated) {
  Creation<Note> creation = Ruled(1, "a", open_);
  Create(creation);
  ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
  EXPECT_EQ(Stored(1), "a r1 ruled");
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new", "new>ruled"));
}

TEST_P(CreationRuleContract, WhatARuleRefusesIsRefusedAlone) {
  Creation<Note> refused = Ruled(1, "a", closed_);
  refused.request = RequestOf(1);
  Creation<Note> plain = NewNote(2, "b");
  Creation<Note> ruled = Ruled(3, "c", open_);
  Create(refused, plain, ruled);
  EXPECT_EQ(error::ReasonOf(refused.outcome.status()), error::kStateInvalid);
  EXPECT_EQ(Stored(1), "none");
  EXPECT_EQ(Stored(2), "b r1 new");
  EXPECT_EQ(Stored(3), "c r1 ruled");
}

TEST_P(CreationRuleContract, ARetryGetsTheFirstAnswerThoughItsRuleWouldRefuseNow) {
  bool closed = false;
  Creation<Note> creation = Ruled(1, "a", closed);
  creation.request = RequestOf(1);
  Creation<Note> retry = creation;
  Create(creation);
  closed = true;
  Create(retry);
  ASSERT_TRUE(retry.outcome.ok()) << retry.outcome.status();
  EXPECT_TRUE(retry.outcome->replayed);
  EXPECT_EQ(retry.outcome->bytes, "a r1 ruled");
}

// The neighbour's taken id makes a second attempt of the batch.
TEST_P(CreationRuleContract, ASecondAttemptBeginsWithWhatWasGiven) {
  Seed(1);
  Creation<Note> taken = NewNote(1, "again");
  Creation<Note> ruled = Ruled(2, "b", open_);
  Create(taken, ruled);
  EXPECT_EQ(error::ReasonOf(taken.outcome.status()), error::kDuplicateId);
  ASSERT_TRUE(ruled.outcome.ok()) << ruled.outcome.status();
  EXPECT_THAT(subject_.history(Id(2)), ElementsAre(">new", "new>ruled"));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, CreationRuleContract, ::testing::Values("memory", "postgres"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace crm::testing
