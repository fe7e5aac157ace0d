// The rules by which one webhook's events are sent.

#include <map>
#include <random>

#include "tests/unit/common/webhook/endpoint_fixture.h"

namespace crm::webhook {
namespace {

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
