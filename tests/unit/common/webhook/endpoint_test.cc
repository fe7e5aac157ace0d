// The rules by which one webhook's events are sent.

#include "common/webhook/endpoint.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"

namespace crm::webhook {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);
constexpr int kAtOnce = 8;

Posted Came(Result result, int status = 0) {
  return {.result = result, .http_status = status, .duration = {}};
}
const Posted kOk = Came(Result::kAccepted, 200);
const Posted kNo = Came(Result::kRejected, 500);

class EndpointTest : public ::testing::Test {
 protected:
  explicit EndpointTest(EndpointLimits limits = {}) : limits_(limits) { Anew(0); }

  void Anew(int64_t position, std::vector<Delivery> pending = {},
            absl::flat_hash_set<int64_t> known = {}) {
    endpoint_ = std::make_unique<Endpoint>(limits_, [] { return uint64_t{1} << 63; });
    endpoint_->Restore(position, std::nullopt, std::move(pending), std::move(known));
  }
  static Delivery Event(int64_t sequence, const std::string& thing) {
    Delivery delivery;
    delivery.sequence = sequence;
    delivery.subject = thing;
    return delivery;
  }
  // "1a 2b": the events 1 of a and 2 of b, the last of what was looked through.
  void Take(const std::vector<std::pair<int64_t, std::string>>& events) {
    std::vector<Delivery> taken;
    for (const auto& [sequence, thing] : events) taken.push_back(Event(sequence, thing));
    endpoint_->Take(std::move(taken), events.back().first, now_);
  }
  // The sequences that may be sent now, all of which are then under way.
  std::string Starts() {
    std::string all;
    while (const auto start = endpoint_->Next(now_, kAtOnce)) {
      absl::StrAppend(&all, all.empty() ? "" : " ", start->sequence);
    }
    return all;
  }
  void Finish(int64_t sequence, const Posted& posted) {
    endpoint_->Finished(sequence, posted, now_);
  }
  // "1 DELIVERED, 2 PENDING" of what is to be written, which is then written.
  std::string Saves() {
    std::string all;
    for (const auto& [sequence, delivery] : endpoint_->unsaved()) {
      absl::StrAppend(&all, all.empty() ? "" : ", ", sequence, " ",
                      base::NameOf(kDeliveryStateNames, delivery.state));
    }
    endpoint_->Saved();
    return all;
  }

  const EndpointLimits limits_;
  absl::Time now_ = kStart;
  std::unique_ptr<Endpoint> endpoint_;
};

TEST_F(EndpointTest, ThingsAreSentBesideEachOtherAndTheEventsOfOneAfterEachOther) {
  Take({{1, "a"}, {2, "b"}, {3, "a"}, {4, "c"}, {5, "b"}});
  EXPECT_EQ(Starts(), "1 2 4");
  Finish(2, kOk);
  EXPECT_EQ(Starts(), "5");
  Finish(1, kOk);
  EXPECT_EQ(Starts(), "3");
}

TEST_F(EndpointTest, NoMoreAreUnderWayThanMayBe) {
  std::vector<std::pair<int64_t, std::string>> events;
  for (int i = 1; i <= 20; ++i) events.push_back({i, absl::StrCat("t", i)});
  Take(events);
  EXPECT_EQ(Starts(), "1 2 3 4 5 6 7 8");
  Finish(3, kOk);
  EXPECT_EQ(Starts(), "9");
  EXPECT_FALSE(endpoint_->WantsMore()) << "while some have not been begun";
}

TEST_F(EndpointTest, ThePositionStaysBeforeTheFirstOfWhichTheTablesKnowNothing) {
  Take({{1, "a"}, {2, "b"}, {7, "c"}});
  EXPECT_EQ(endpoint_->position(), 0);
  EXPECT_EQ(Starts(), "1 2 7");
  Finish(2, kOk);
  Finish(7, kNo);
  EXPECT_EQ(endpoint_->position(), 0);
  EXPECT_EQ(Saves(), "2 DELIVERED, 7 PENDING");
  EXPECT_EQ(endpoint_->position(), 0);
  Finish(1, kOk);
  EXPECT_EQ(endpoint_->position(), 7) << "which is written with it";
  EXPECT_EQ(Saves(), "1 DELIVERED");
  EXPECT_FALSE(endpoint_->HasNews());
}

// What came before there were so many partitions is sent before what came then.
TEST_F(EndpointTest, WhatIsHeldIsNotSentUntilItIsHeldNoMore) {
  Endpoint::Hold hold;
  hold.all_beyond = 2;
  endpoint_->SetHold(hold, now_);
  Take({{1, "a"}, {2, "b"}, {3, "c"}, {4, "a"}});
  EXPECT_EQ(Starts(), "1 2");
  Finish(1, kNo);
  Finish(2, kOk);
  EXPECT_EQ(Starts(), "") << "3 is held, and 4 behind 1";
  EXPECT_EQ(endpoint_->NextTime(), kStart + EndpointLimits().first_retry) << "of 1 alone";
  EXPECT_FALSE(endpoint_->WantsMore());
  endpoint_->SetHold({INT64_MAX, {{"c", 2}}}, now_);
  EXPECT_EQ(Starts(), "") << "c still is";
  EXPECT_TRUE(endpoint_->WantsMore()) << "and holds up itself alone";
  EXPECT_EQ(endpoint_->position(), 4) << "with it in the tables";
  Take({{5, "d"}, {6, "c"}});
  EXPECT_EQ(Starts(), "5");
  endpoint_->SetHold({}, now_);
  EXPECT_EQ(Starts(), "3");
  Finish(3, kOk);
  EXPECT_EQ(Starts(), "6");
}

TEST_F(EndpointTest, ADeadOneThatIsHeldDoesNotWaitForATimeThatHasPassed) {
  Take({{1, "a"}, {2, "b"}, {3, "c"}});
  EXPECT_EQ(Starts(), "1 2 3");
  for (const int64_t sequence : {1, 2, 3}) Finish(sequence, kNo);
  EXPECT_TRUE(endpoint_->Failing());
  EXPECT_LT(endpoint_->NextTime(), absl::InfiniteFuture());
  endpoint_->SetHold({0, {}}, now_);
  EXPECT_EQ(endpoint_->NextTime(), absl::InfiniteFuture());
  now_ += absl::Hours(1);
  EXPECT_EQ(Starts(), "");
}

TEST_F(EndpointTest, OneThatTakesOtherPartitionsEventsIsNotDisabled) {
  Take({{1, "a"}});
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  now_ += EndpointLimits().retry_for;
  endpoint_->SucceededElsewhere(now_ - absl::Minutes(1));
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  EXPECT_EQ(endpoint_->disabled(), std::nullopt);
  EXPECT_EQ(Saves(), "1 GIVEN_UP") << "the event alone";
}

TEST_F(EndpointTest, WhatFailsHoldsUpItsThingAloneAndIsTriedAgainLaterAndLater) {
  Take({{1, "a"}, {2, "b"}, {3, "a"}});
  EXPECT_EQ(Starts(), "1 2");
  Finish(1, kNo);
  Finish(2, kOk);
  EXPECT_EQ(Saves(), "1 PENDING, 2 DELIVERED, 3 PENDING") << "3 waits behind 1";
  EXPECT_EQ(endpoint_->position(), 3);
  Take({{4, "a"}, {5, "c"}});
  EXPECT_EQ(Starts(), "5");
  Finish(5, kOk);
  EXPECT_EQ(endpoint_->pending(), 3u);
  absl::Duration pause = limits_.first_retry;
  for (int attempt = 2; attempt < 16; ++attempt) {
    EXPECT_EQ(endpoint_->NextTime(), now_ + pause) << attempt;
    now_ += pause - absl::Milliseconds(1);
    EXPECT_EQ(Starts(), "");
    now_ += absl::Milliseconds(1);
    EXPECT_EQ(Starts(), "1") << attempt;
    Finish(1, kNo);
    pause = std::min(pause * 2, limits_.longest_retry);
  }
  now_ += pause;
  EXPECT_EQ(Starts(), "1");
  Finish(1, kOk);
  EXPECT_EQ(Starts(), "3") << "at once, and before 4";
  Finish(3, kOk);
  EXPECT_EQ(Starts(), "4");
  Finish(4, kOk);
  EXPECT_EQ(endpoint_->pending(), 0u);
  EXPECT_EQ(endpoint_->failing_since(), std::nullopt);
}

TEST_F(EndpointTest, AReceiverMaySayWhenToComeAgain) {
  Take({{1, "a"}});
  EXPECT_EQ(Starts(), "1");
  Posted later = Came(Result::kRejected, 429);
  later.retry_after = absl::Minutes(10);
  Finish(1, later);
  EXPECT_EQ(endpoint_->NextTime(), now_ + absl::Minutes(10));
}

TEST_F(EndpointTest, ADeadEndpointIsTriedOnceAtATimeAndComesBackAtOnce) {
  Take({{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}});
  EXPECT_EQ(Starts(), "1 2 3 4 5");
  for (int i = 1; i <= 5; ++i) Finish(i, Came(Result::kNotConnected));
  EXPECT_TRUE(endpoint_->Failing());
  Saves();
  Take({{6, "f"}, {7, "g"}});
  EXPECT_EQ(Starts(), "");
  absl::Duration pause = limits_.first_retry;
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(endpoint_->NextTime(), now_ + pause);
    now_ += pause;
    const auto probe = endpoint_->Next(now_, kAtOnce);
    ASSERT_TRUE(probe.has_value());
    EXPECT_EQ(endpoint_->Next(now_, kAtOnce), std::nullopt) << "one";
    Finish(probe->sequence, Came(Result::kTimedOut));
    pause = std::min(pause * 2, limits_.longest_pause);
  }
  now_ += pause;
  const auto probe = endpoint_->Next(now_, kAtOnce);
  ASSERT_TRUE(probe.has_value());
  Finish(probe->sequence, kOk);
  EXPECT_FALSE(endpoint_->Failing());
  int begun = 0;
  while (endpoint_->Next(now_, kAtOnce)) ++begun;
  EXPECT_EQ(begun, 6) << "all others";
}

// Three things' events that the receiver never takes do not stop the others.
TEST_F(EndpointTest, WhatIsNewGoesFirstToOneThatSeemsDead) {
  Take({{1, "a"}, {2, "b"}, {3, "c"}});
  EXPECT_EQ(Starts(), "1 2 3");
  for (int i = 1; i <= 3; ++i) Finish(i, kNo);
  Saves();
  Take({{4, "a"}, {5, "d"}});
  now_ += limits_.first_retry;
  EXPECT_EQ(Starts(), "5");
  Finish(5, kOk);
  EXPECT_FALSE(endpoint_->Failing());
}

TEST_F(EndpointTest, AnEventIsGivenUpOnAfterThreeDaysAndTheNextOfItsThingFollows) {
  Take({{1, "a"}, {2, "a"}});
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  Saves();
  for (int64_t next = 3; now_ < kStart + absl::Hours(70); ++next) {
    now_ = std::max(endpoint_->NextTime(), now_ + absl::Minutes(1));
    const std::string started = Starts();
    if (started == "1") Finish(1, kNo);
    // Something else arrives now and then.
    Take({{next, absl::StrCat("t", next)}});
    EXPECT_EQ(Starts(), absl::StrCat(next));
    Finish(next, kOk);
    endpoint_->Saved();
  }
  now_ = kStart + absl::Hours(74);
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  EXPECT_EQ(Saves(), "1 GIVEN_UP");
  EXPECT_EQ(endpoint_->disabled(), std::nullopt);
  EXPECT_EQ(Starts(), "2");
}

TEST_F(EndpointTest, OneAtWhichNothingArrivesForThreeDaysIsDisabledAndKeepsWhatWaits) {
  Take({{1, "a"}, {2, "b"}});
  EXPECT_EQ(Starts(), "1 2");
  Finish(1, kOk);
  Finish(2, kNo);
  while (!endpoint_->disabled().has_value()) {
    ASSERT_LT(now_, kStart + absl::Hours(76));
    now_ = endpoint_->NextTime();
    EXPECT_EQ(Starts(), "2");
    Finish(2, kNo);
  }
  EXPECT_GE(now_, kStart + absl::Hours(72));
  EXPECT_EQ(endpoint_->disabled(), DisableReason::kFailing);
  EXPECT_EQ(Saves(), "1 DELIVERED, 2 PENDING");
  now_ += absl::Hours(10);
  EXPECT_EQ(Starts(), "");
}

TEST_F(EndpointTest, OneThatSaysItIsGoneIsDisabledAtOnce) {
  Take({{1, "a"}});
  EXPECT_EQ(Starts(), "1");
  Finish(1, Came(Result::kRejected, 410));
  EXPECT_EQ(endpoint_->disabled(), DisableReason::kGone);
}

TEST_F(EndpointTest, AnEventThatTheLogHasNoMoreIsGivenUpOn) {
  Delivery waiting = Event(1, "a");
  waiting.next_attempt_time = now_;
  Anew(5, {waiting});
  EXPECT_EQ(Starts(), "1");
  Finish(1, Came(Result::kEventGone));
  EXPECT_EQ(Saves(), "1 GIVEN_UP");
  EXPECT_EQ(endpoint_->failing_since(), std::nullopt);
}

TEST_F(EndpointTest, WhatTheTablesKnowIsNotSentAgainAndWhatWaitsKeepsItsPlace) {
  Delivery waiting = Event(3, "a");
  waiting.attempts = 4;
  waiting.next_attempt_time = now_ + absl::Minutes(1);
  Anew(2, {waiting}, {3, 5});
  Take({{3, "a"}, {4, "a"}, {5, "b"}, {6, "c"}});
  EXPECT_EQ(Starts(), "6") << "3 waits, 4 behind it, 5 is done";
  now_ += absl::Minutes(1);
  const auto start = endpoint_->Next(now_, kAtOnce);
  ASSERT_TRUE(start.has_value());
  EXPECT_EQ(start->sequence, 3);
  EXPECT_EQ(start->attempt, 5);
}

TEST_F(EndpointTest, NoMoreOfTheLogIsReadWhileTooManyWait) {
  for (int64_t i = 1; i <= static_cast<int64_t>(limits_.most_pending); ++i) {
    EXPECT_TRUE(endpoint_->WantsMore()) << i;
    Take({{i, "a"}});
    if (i > 1) continue;
    EXPECT_EQ(Starts(), "1");
    Finish(1, kNo);
  }
  EXPECT_FALSE(endpoint_->WantsMore());
  now_ = endpoint_->NextTime();
  EXPECT_EQ(Starts(), "1");
  Finish(1, kOk);
  EXPECT_TRUE(endpoint_->WantsMore());
}

// Whatever comes, whatever fails, and wherever it dies: each event arrives, the first arrivals of
// one thing's events are in their order, and none is begun while another of its thing is under way.
TEST_F(EndpointTest, NothingIsLostOrOvertakenHoweverOftenItDies) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
    constexpr int64_t kEvents = 60;
    std::map<int64_t, std::string> log;
    for (int64_t i = 1; i <= kEvents; ++i)
      log[i] = std::string(1, static_cast<char>('a' + random() % 6));
    now_ = kStart;
    // The tables.
    int64_t position = 0;
    std::map<int64_t, Delivery> table;
    std::map<std::string, std::vector<int64_t>> arrived;
    std::map<int64_t, std::string> under_way;
    const auto save = [&] {
      for (const auto& [sequence, delivery] : endpoint_->unsaved()) table[sequence] = delivery;
      position = endpoint_->position();
      endpoint_->Saved();
    };
    const auto begin = [&] {
      std::vector<Delivery> pending;
      absl::flat_hash_set<int64_t> known;
      for (const auto& [sequence, delivery] : table) {
        if (delivery.state == DeliveryState::kPending) pending.push_back(delivery);
        if (sequence > position) known.insert(sequence);
      }
      under_way.clear();
      Anew(position, pending, known);
    };
    begin();
    for (int step = 0; step < 100'000 && (position < kEvents || endpoint_->pending() > 0); ++step) {
      if (endpoint_->WantsMore() && endpoint_->read() < kEvents && chance(50)) {
        std::vector<std::pair<int64_t, std::string>> some;
        const int64_t to = std::min<int64_t>(kEvents, endpoint_->read() + 1 + random() % 9);
        for (int64_t i = endpoint_->read() + 1; i <= to; ++i) some.push_back({i, log[i]});
        Take(some);
      }
      while (const auto start = endpoint_->Next(now_, kAtOnce)) {
        for (const auto& [other, thing] : under_way) ASSERT_NE(thing, log[start->sequence]) << seed;
        under_way[start->sequence] = log[start->sequence];
      }
      if (!under_way.empty() && chance(80)) {
        auto done = under_way.begin();
        std::advance(done, random() % under_way.size());
        const int64_t sequence = done->first;
        std::vector<int64_t>& of_thing = arrived[done->second];
        under_way.erase(done);
        const bool arrives = chance(60);
        if (arrives && (of_thing.empty() || sequence > of_thing.back()))
          of_thing.push_back(sequence);
        Finish(sequence, arrives && chance(90) ? kOk : kNo);
      } else {
        now_ += absl::Minutes(1);
      }
      if (chance(40)) save();
      if (chance(5)) begin();
      if (position < kEvents || endpoint_->pending() > 0) continue;
      save();
    }
    std::map<std::string, std::vector<int64_t>> all;
    for (const auto& [sequence, thing] : log) all[thing].push_back(sequence);
    EXPECT_EQ(arrived, all) << "seed " << seed;
  }
}

}  // namespace
}  // namespace crm::webhook
