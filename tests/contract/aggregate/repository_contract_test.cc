// What every repository promises, run against the one in memory and the one on PostgreSQL.

#include <thread>

#include "tests/contract/aggregate/repository_contract.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;

TEST_P(RepositoryContract, WhatIsCreatedCanBeRead) {
  EXPECT_EQ(Seed(1), "hello r1 new");
  EXPECT_EQ(Stored(1), "hello r1 new");
  EXPECT_EQ(Stored(2), "none");
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new"));
}

TEST_P(RepositoryContract, EveryKeyIsAnsweredInItsPlace) {
  for (const uint64_t id : {1, 2, 3}) Seed(id);
  std::vector<Key> keys;
  for (const uint64_t id : {3, 9, 1, 3, 8, 2, 3}) keys.push_back({"acme", Id(id)});
  keys.push_back({"other", Id(1)});
  const auto found = subject_.repository->Get(keys, absl::Now() + kPatience);
  ASSERT_EQ(found.size(), keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool there = keys[i].tenant == "acme" && keys[i].id < Id(4);
    ASSERT_EQ(found[i].ok(), there) << i;
    if (there) {
      EXPECT_EQ(found[i]->id, keys[i].id) << i;
    } else {
      EXPECT_EQ(error::ReasonOf(found[i].status()), error::kResourceNotFound) << i;
    }
  }
}

TEST_P(RepositoryContract, AnotherTenantSeesNothing) {
  Seed(1);
  const Key foreign{"other", Id(1)};
  const auto found =
      subject_.repository->Get(absl::MakeConstSpan(&foreign, 1), absl::Now() + kPatience);
  EXPECT_EQ(error::ReasonOf(found[0].status()), error::kResourceNotFound);
  Change<Note> change = Write(1, "mine");
  change.key.tenant = "other";
  Update(change);
  EXPECT_EQ(error::ReasonOf(change.outcome.status()), error::kResourceNotFound);
  EXPECT_EQ(Stored(1), "hello r1 new");
}

TEST_P(RepositoryContract, AChangeRaisesTheRevisionAndOneThatAltersNothingDoesNot) {
  Seed(1);
  Change<Note> change = Write(1, "changed");
  Update(change);
  EXPECT_EQ(change.outcome->bytes, "changed r2 new");
  Change<Note> same = Write(1, "changed");
  Update(same);
  EXPECT_EQ(same.outcome->bytes, "changed r2 new");
  EXPECT_EQ(Stored(1), "changed r2 new");
}

TEST_P(RepositoryContract, TwoChangesOfOneThingInABatchApplyInOrder) {
  Seed(1);
  Change<Note> first = MoveTo(1, "working");
  Change<Note> second = MoveTo(1, "done");
  Change<Note> illegal = MoveTo(1, "done");
  Update(first, second, illegal);
  EXPECT_EQ(first.outcome->bytes, "hello r2 working");
  EXPECT_EQ(second.outcome->bytes, "hello r3 done");
  EXPECT_EQ(error::ReasonOf(illegal.outcome.status()), error::kStateInvalid);
  EXPECT_EQ(Stored(1), "hello r3 done");
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new", "new>working", "working>done"));
}

TEST_P(RepositoryContract, AStaleEtagIsRefusedAndAFreshOneIsNot) {
  Seed(1);
  Change<Note> stale = Write(1, "lost update");
  stale.etag = "7";
  Change<Note> fresh = Write(1, "won");
  fresh.etag = "1";
  Update(stale, fresh);
  EXPECT_EQ(stale.outcome.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(error::ReasonOf(stale.outcome.status()), error::kEtagMismatch);
  EXPECT_EQ(fresh.outcome->bytes, "won r2 new");
}

TEST_P(RepositoryContract, ARetryGetsTheFirstAnswerAndHasNoEffect) {
  Seed(1);
  Change<Note> first = MoveTo(1, "working");
  first.request = RequestOf(1);
  Update(first);
  Change<Note> later = MoveTo(1, "done");
  Update(later);
  for (int i = 0; i < 3; ++i) {
    Change<Note> retry = MoveTo(1, "working");
    retry.request = RequestOf(1);
    Update(retry);
    ASSERT_TRUE(retry.outcome.ok()) << retry.outcome.status();
    EXPECT_EQ(retry.outcome->bytes, "hello r2 working");
    EXPECT_TRUE(retry.outcome->replayed);
  }
  EXPECT_EQ(Stored(1), "hello r3 done");
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new", "new>working", "working>done"));
}

TEST_P(RepositoryContract, ARequestIdBelongsToOneRequestOfOneTenant) {
  Seed(1);
  Change<Note> first = Write(1, "a");
  first.request = RequestOf(1, 'a');
  Update(first);
  Change<Note> other_body = Write(1, "b");
  other_body.request = RequestOf(1, 'b');
  Update(other_body);
  EXPECT_EQ(error::ReasonOf(other_body.outcome.status()), error::kRequestIdReused);
  EXPECT_EQ(Stored(1), "a r2 new");
}

TEST_P(RepositoryContract, AFailedRequestLeavesItsIdFree) {
  Seed(1);
  Change<Note> stale = Write(1, "x");
  stale.etag = "9";
  stale.request = RequestOf(1, 'a');
  Update(stale);
  ASSERT_FALSE(stale.outcome.ok());
  Change<Note> good = Write(1, "x");
  good.request = RequestOf(1, 'b');
  Update(good);
  EXPECT_EQ(good.outcome->bytes, "x r2 new");
}

TEST_P(RepositoryContract, TheSameRequestFiftyTimesInOneBatchHasOneEffect) {
  Seed(1);
  std::vector<Change<Note>> changes;
  for (int i = 0; i < 50; ++i) {
    changes.push_back(Write(1, ""));
    changes.back().apply = [](Note& note) {
      note.text += "+";
      return absl::OkStatus();
    };
    changes.back().request = RequestOf(1);
  }
  std::vector<Change<Note>*> pointers;
  for (auto& change : changes) pointers.push_back(&change);
  subject_.repository->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  for (const auto& change : changes) EXPECT_EQ(change.outcome->bytes, "hello+ r2 new");
  EXPECT_EQ(Stored(1), "hello+ r2 new");
}

TEST_P(RepositoryContract, TheSameRequestFromManyThreadsHasOneEffect) {
  Seed(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (uint64_t n = 0; n < 20; ++n) {
        Change<Note> change = Write(1, "");
        change.apply = [](Note& note) {
          note.text += "+";
          return absl::OkStatus();
        };
        change.request = RequestOf(n);
        Update(change);
        EXPECT_TRUE(change.outcome.ok()) << change.outcome.status();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Stored(1), absl::StrCat("hello", std::string(20, '+'), " r21 new"));
}

TEST_P(RepositoryContract, ATakenIdOrLabelIsRefusedAndItsNeighboursSucceed) {
  Seed(1);
  Creation<Note> taken = NewNote(1, "again");
  Creation<Note> good = NewNote(2, "good", "first");
  Creation<Note> same_label = NewNote(3, "bad", "first");
  Creation<Note> fine = NewNote(4, "fine");
  Create(taken, good, same_label, fine);
  EXPECT_EQ(error::ReasonOf(taken.outcome.status()), error::kDuplicateId);
  EXPECT_EQ(same_label.outcome.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(good.outcome->bytes, "good r1 new");
  EXPECT_EQ(fine.outcome->bytes, "fine r1 new");
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new"));
  EXPECT_THAT(subject_.history(Id(2)), ElementsAre(">new"));
  EXPECT_THAT(subject_.history(Id(3)), ElementsAre());
}

TEST_P(RepositoryContract, ARepeatInTheBatchOfARefusedCreationIsRefusedToo) {
  Seed(1);
  Creation<Note> taken = NewNote(1, "again");
  taken.request = RequestOf(9);
  Creation<Note> repeat = taken;
  Create(taken, repeat);
  EXPECT_EQ(error::ReasonOf(taken.outcome.status()), error::kDuplicateId);
  EXPECT_EQ(error::ReasonOf(repeat.outcome.status()), error::kDuplicateId);
  EXPECT_EQ(Stored(1), "hello r1 new");
}

TEST_P(RepositoryContract, ACreationCanBeRetriedForEver) {
  for (int i = 0; i < 3; ++i) {
    Creation<Note> creation = NewNote(1, "hello");
    creation.request = RequestOf(1);
    Create(creation);
    ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
    EXPECT_EQ(creation.outcome->bytes, "hello r1 new");
  }
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new"));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, RepositoryContract, ::testing::Values("memory", "postgres"),
                         [](const auto& info) { return std::string(info.param); });

// Only a database can refuse a batch as a whole.
class PgRepositoryTest : public RepositoryContract {};

TEST_P(PgRepositoryTest, AnItemThatTheDatabaseRefusesFailsAlone) {
  Seed(1);
  Seed(2);
  Seed(3);
  Change<Note> good = MoveTo(1, "working");
  Change<Note> poison = Write(2, "poison");
  Change<Note> also_good = MoveTo(3, "working");
  Update(good, poison, also_good);
  EXPECT_EQ(good.outcome->bytes, "hello r2 working");
  EXPECT_EQ(poison.outcome.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(also_good.outcome->bytes, "hello r2 working");
  EXPECT_EQ(Stored(2), "hello r1 new");
  EXPECT_THAT(subject_.history(Id(1)), ElementsAre(">new", "new>working"));
  EXPECT_THAT(subject_.history(Id(3)), ElementsAre(">new", "new>working"));
}

// Who gave no request id can only read again.
TEST_P(PgRepositoryTest, ACommitInDoubtTellsEachItsRequestId) {
  Seed(1);
  Seed(2);
  Change<Note> doomed = Write(1, "doomed");
  doomed.request = RequestOf(1);
  Change<Note> neighbour = Write(2, "fine");
  neighbour.request = RequestOf(2);
  Change<Note> nameless = Write(2, "finer");
  Update(doomed, neighbour, nameless);
  const std::pair<const Change<Note>*, std::string> expected[] = {
      {&doomed, RequestOf(1).id.ToString()},
      {&neighbour, RequestOf(2).id.ToString()},
      {&nameless, ""}};
  for (const auto& [change, request_id] : expected) {
    const auto details = error::DetailsOf(change->outcome.status());
    ASSERT_TRUE(details.has_value()) << change->outcome.status();
    EXPECT_EQ(details->reason, error::kCommitInDoubt);
    std::vector<std::pair<std::string, std::string>> metadata;
    if (!request_id.empty()) metadata = {{"requestId", request_id}};
    EXPECT_EQ(details->metadata, metadata);
    EXPECT_TRUE(details->retry_after.has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(Postgres, PgRepositoryTest, ::testing::Values("postgres"));

}  // namespace
}  // namespace crm::testing
