// A batch waits for its least patient call, and what is left goes on without it.

#include "common/serving/batch_rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "common/error/error.h"
#include "common/serving/batch_read.h"
#include "common/serving/batch_write.h"

namespace crm::serving {
namespace {

using base::Deadline;
using base::SteadyTime;
using ::testing::ElementsAre;

const SteadyTime kStart = base::SteadyNow();

Deadline In(int milliseconds) { return kStart + absl::Milliseconds(milliseconds); }

// The rounds of calls that never get done: who is in each, and when it ends.
struct Round {
  std::vector<size_t> members;
  int end;
  friend bool operator==(const Round&, const Round&) = default;
};
std::vector<Round> RoundsOf(const std::vector<Deadline>& deadlines) {
  std::vector<Round> all;
  for (BatchRounds rounds(deadlines, kStart); !rounds.over(); rounds.Next()) {
    const absl::Duration end = rounds.end().time() - kStart;
    all.push_back({rounds.members(), static_cast<int>(absl::ToInt64Milliseconds(end))});
    for (const size_t i : rounds.members()) rounds.GoesOn(i, error::DeadlinePassed());
  }
  return all;
}

constexpr int kMost = 30'000;

TEST(BatchRounds, OneForEveryDeadlineButThoseThatLieClose) {
  struct Case {
    const char* what;
    std::vector<Deadline> deadlines;
    std::vector<Round> rounds;
  };
  const Case cases[] = {
      {"nobody", {}, {}},
      {"deadlines alike", {In(900), In(910), In(950)}, {{{0, 1, 2}, 950}}},
      {"one far", {In(900), In(951), In(910)}, {{{0, 1, 2}, 910}, {{1}, 951}}},
      {"close is close to the earliest, not to each other",
       {In(100), In(140), In(180), In(220)},
       {{{0, 1, 2, 3}, 140}, {{2, 3}, 220}}},
      {"no deadline", {Deadline::None()}, {{{0}, kMost}}},
      {"no deadline beside one",
       {Deadline::None(), In(1000), Deadline::None()},
       {{{0, 1, 2}, 1000}, {{0, 2}, kMost}}},
      {"longer than a batch may be", {In(kMost + 5), In(60'000)}, {{{0, 1}, kMost}}},
      {"passed already", {In(-5), In(400)}, {{{0, 1}, -5}, {{1}, 400}}},
  };
  for (const Case& c : cases) EXPECT_EQ(RoundsOf(c.deadlines), c.rounds) << c.what;
}

TEST(BatchRounds, OnlyWhatCertainlyDidNothingGoesOn) {
  BatchRounds rounds({In(100), In(900), In(900), In(900), In(900)}, kStart);
  EXPECT_FALSE(rounds.GoesOn(0, error::DeadlinePassed())) << "it has no time left";
  EXPECT_FALSE(rounds.GoesOn(1, absl::OkStatus()));
  EXPECT_FALSE(rounds.GoesOn(2, error::Unavailable(error::kCommitInDoubt, "", absl::Seconds(1))));
  EXPECT_FALSE(rounds.GoesOn(3, error::Unavailable(error::kDatabaseUnavailable, "", {})));
  EXPECT_TRUE(rounds.GoesOn(4, error::DeadlinePassed()));
  rounds.Next();
  EXPECT_THAT(rounds.members(), ElementsAre(4));
}

// Calls and a repository, as far as batches know them.
struct Request {
  std::string text;
  std::vector<std::string> several;
  const std::string& name() const { return text; }
  const std::vector<std::string>& names() const { return several; }
  int names_size() const { return static_cast<int>(several.size()); }
};
struct Response {
  std::vector<std::string> found;
  std::vector<std::string> missing;
  void add_missing_names(const std::string& name) { missing.push_back(name); }
};
struct FakeCall {
  rpc::CallContext call_context;
  Request call_request;
  Response call_response;
  std::vector<absl::Status> answers = {};
  std::string bytes = {};

  const rpc::CallContext& context() const { return call_context; }
  const Request& request() const { return call_request; }
  Response& response() { return call_response; }
  void Finish(absl::Status status) { answers.push_back(std::move(status)); }
  void FinishSerialized(const std::string& text, bool /*replayed*/) {
    answers.push_back(absl::OkStatus());
    bytes = text;
  }
};
struct Item {
  FakeCall* call;
  aggregate::Author author = {};
  absl::StatusOr<aggregate::Answer> outcome = absl::UnknownError("not run");
};

// Three calls: an impatient one, a patient one, one without a deadline.
class RunInRounds : public ::testing::Test {
 protected:
  RunInRounds() : calls_(3) {
    calls_[0].call_context.deadline = Deadline::After(absl::Seconds(10));
    calls_[1].call_context.deadline = Deadline::After(absl::Seconds(20));
    for (FakeCall& call : calls_) {
      call.call_request = {"thing", {"thing", "none"}};
      pointers_.push_back(&call);
    }
  }

  std::vector<absl::StatusCode> Codes() const {
    std::vector<absl::StatusCode> codes;
    for (const FakeCall& call : calls_) {
      EXPECT_EQ(call.answers.size(), 1u);
      codes.push_back(call.answers.empty() ? absl::StatusCode::kUnknown : call.answers[0].code());
    }
    return codes;
  }

  // Writes; nothing gets done in the first `hanging` rounds.
  void Write(size_t hanging, const absl::Status& failure) {
    AnswerBatch<Item>(
        absl::MakeConstSpan(pointers_),
        [](FakeCall& call) -> absl::StatusOr<Item> { return Item{&call}; },
        [&](absl::Span<Item* const> items, Deadline deadline) {
          sizes_.push_back(items.size());
          left_.push_back(absl::ToDoubleSeconds(deadline.Left()));
          for (Item* item : items) {
            item->outcome = sizes_.size() <= hanging
                                ? absl::StatusOr<aggregate::Answer>(failure)
                                : absl::StatusOr<aggregate::Answer>(aggregate::Answer{"done"});
          }
        });
  }
  std::vector<absl::StatusOr<std::string>> Read(absl::Span<const aggregate::Key> keys,
                                                Deadline deadline, size_t hanging) {
    sizes_.push_back(keys.size());
    left_.push_back(absl::ToDoubleSeconds(deadline.Left()));
    std::vector<absl::StatusOr<std::string>> found(keys.size(), std::string("thing"));
    for (size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].tenant == "none") found[i] = error::NotFound("none");
      if (sizes_.size() <= hanging) found[i] = error::DeadlinePassed();
    }
    return found;
  }
  static aggregate::Key KeyOf(const rpc::CallContext&, const std::string& name) {
    return {name, base::Uuid{1, 2}};
  }

  std::vector<FakeCall> calls_;
  std::vector<FakeCall*> pointers_;
  std::vector<size_t> sizes_;  // of the rounds
  std::vector<double> left_;   // until the end of each
};

constexpr absl::StatusCode kOk = absl::StatusCode::kOk;
constexpr absl::StatusCode kLate = absl::StatusCode::kDeadlineExceeded;
constexpr absl::StatusCode kAway = absl::StatusCode::kUnavailable;

TEST_F(RunInRounds, AWriteThatIsDoneIsOneRoundThatEndsWithItsLeastPatientCall) {
  Write(0, absl::OkStatus());
  EXPECT_THAT(Codes(), ElementsAre(kOk, kOk, kOk));
  EXPECT_THAT(sizes_, ElementsAre(3));
  EXPECT_NEAR(left_[0], 10, 2);
}

TEST_F(RunInRounds, WhoHasTimeLeftIsWrittenInTheNextRound) {
  Write(1, error::DeadlinePassed());
  EXPECT_THAT(Codes(), ElementsAre(kLate, kOk, kOk));
  EXPECT_THAT(sizes_, ElementsAre(3, 2));
  EXPECT_NEAR(left_[1], 20, 2);
  EXPECT_EQ(calls_[2].bytes, "done");
}

TEST_F(RunInRounds, AWriteThatHangsEndsForEachAtItsDeadlineAndForAllInTheEnd) {
  Write(9, error::DeadlinePassed());
  EXPECT_THAT(Codes(), ElementsAre(kLate, kLate, kLate));
  EXPECT_THAT(sizes_, ElementsAre(3, 2, 1));
  EXPECT_NEAR(left_[2], 30, 2);
}

TEST_F(RunInRounds, ACommitInDoubtIsNeverRunAgain) {
  Write(1, error::Unavailable(error::kCommitInDoubt, "in doubt", absl::Seconds(1)));
  EXPECT_THAT(Codes(), ElementsAre(kAway, kAway, kAway));
  EXPECT_THAT(sizes_, ElementsAre(3));
  EXPECT_EQ(error::ReasonOf(calls_[2].answers[0]), error::kCommitInDoubt);
}

TEST_F(RunInRounds, AReadGoesOnForWhoHasTimeLeft) {
  AnswerGets(
      absl::MakeConstSpan(pointers_), KeyOf,
      [&](absl::Span<const aggregate::Key> keys, Deadline end) { return Read(keys, end, 1); },
      [](FakeCall& call, const std::string& thing) {
        call.response().found.push_back(thing);
        return absl::OkStatus();
      });
  EXPECT_THAT(Codes(), ElementsAre(kLate, kOk, kOk));
  EXPECT_THAT(sizes_, ElementsAre(3, 2));
  EXPECT_THAT(calls_[1].response().found, ElementsAre("thing"));
}

TEST_F(RunInRounds, WhatWaitsToAnswerAReadIsHeldToTheRoundToo) {
  std::vector<double> left;
  AnswerGets(
      absl::MakeConstSpan(pointers_), KeyOf,
      [&](absl::Span<const aggregate::Key> keys, Deadline end) { return Read(keys, end, 0); },
      [&](FakeCall&, const std::string&, Deadline end) -> absl::Status {
        left.push_back(absl::ToDoubleSeconds(end.Left()));
        return left.size() <= 3 ? absl::Status(error::DeadlinePassed()) : absl::OkStatus();
      });
  EXPECT_THAT(Codes(), ElementsAre(kLate, kOk, kOk));
  EXPECT_NEAR(left[1], 10, 2) << "not its own, while its neighbour waits behind it";
  EXPECT_NEAR(left[3], 20, 2);
}

TEST_F(RunInRounds, AReadOfSeveralThingsIsAnsweredWholeOrNot) {
  AnswerBatchGets(
      absl::MakeConstSpan(pointers_), KeyOf,
      [&](absl::Span<const aggregate::Key> keys, Deadline end) { return Read(keys, end, 1); },
      [](Response& response, const std::string& thing) { response.found.push_back(thing); });
  EXPECT_THAT(Codes(), ElementsAre(kLate, kOk, kOk));
  EXPECT_THAT(sizes_, ElementsAre(6, 4));
  EXPECT_THAT(calls_[2].response().found, ElementsAre("thing"));
  EXPECT_THAT(calls_[2].response().missing, ElementsAre("none"));
  EXPECT_TRUE(calls_[0].response().found.empty());
}

}  // namespace
}  // namespace crm::serving
