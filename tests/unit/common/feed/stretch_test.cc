// What of the log a subscriber is sent, and what it is told about the rest.

#include "common/feed/stretch.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "common/feed/recent_events.h"

namespace crm::feed {
namespace {

FeedEventPointer Event(int64_t sequence, const std::string& tenant = "acme",
                       const std::string& type = "moved", size_t size = 10) {
  FeedEvent event;
  event.sequence = sequence;
  event.milliseconds = 1000 + sequence;
  event.tenant = tenant;
  event.type = type;
  event.subject = absl::StrCat("leads/", sequence % 3);
  event.to_stage = sequence % 2 == 0 ? "WORKING" : "NEW";
  event.encoded.assign(size, 'x');
  return std::make_shared<const FeedEvent>(std::move(event));
}

FeedEventPointer Damaged(int64_t sequence, const std::string& tenant = "acme") {
  FeedEvent event;
  event.sequence = sequence;
  event.tenant = tenant;
  event.damaged = true;
  return std::make_shared<const FeedEvent>(std::move(event));
}

Interest All() { return {.all_tenants = true}; }
Interest OfAcme() { return {.tenant = "acme"}; }

// "begin-read: sequences".
std::string Told(const Stretch& stretch) {
  std::string text = absl::StrCat(stretch.begin, "-", stretch.read, ":");
  for (const FeedEventPointer& event : stretch.events) absl::StrAppend(&text, " ", event->sequence);
  return text;
}

// All that a subscriber at `position` is told of these events.
std::vector<std::string> Story(const Interest& interest,
                               const std::vector<FeedEventPointer>& events, int64_t position = 0) {
  Progress progress{position, position, 0};
  std::vector<std::string> story;
  for (int round = 0; round < 1000; ++round) {
    Stretch stretch;
    switch (Collect(interest, Beyond(events, progress.read), progress, stretch)) {
      case Found::kStretch:
        story.push_back(Told(stretch));
        break;
      case Found::kDamage:
        story.push_back("damage");
        return story;
      case Found::kNothing:
        if (progress.read > progress.told) story.push_back(Told(WhatWasRead(progress)));
        return story;
    }
  }
  ADD_FAILURE() << "no end";
  return story;
}

using Lines = std::vector<std::string>;

TEST(Stretch, CoversWhatWasReadWholeWhetherItIsWantedOrNot) {
  Interest wants = All();
  wants.types = {"won"};
  const std::vector<FeedEventPointer> events = {Event(1), Event(2, "acme", "won"), Event(3),
                                                Event(4)};
  EXPECT_EQ(Story(wants, events), (Lines{"1-4: 2"}));
  EXPECT_EQ(Story(wants, events, 2), (Lines{"3-4:"})) << "told, though there is nothing to send";
  EXPECT_EQ(Story(All(), events, 9), Lines()) << "who began beyond the end waits";
}

TEST(Stretch, ShowsTheTenantOfTheCallerAlone) {
  const std::vector<FeedEventPointer> events = {Event(1, "globex"), Event(2), Event(3, "globex"),
                                                Damaged(4, "globex"), Event(5)};
  EXPECT_EQ(Story(OfAcme(), events), (Lines{"1-5: 2 5"}));
  Interest asks_for_globex = OfAcme();
  asks_for_globex.tenants = {"globex"};
  EXPECT_EQ(Story(asks_for_globex, events), (Lines{"1-5:"}));
  Interest both = All();
  both.tenants = {"acme"};
  EXPECT_EQ(Story(both, {events.begin(), events.begin() + 3}), (Lines{"1-3: 2"}));
}

TEST(Stretch, FiltersByTypeSubjectAndStageTogether) {
  std::vector<FeedEventPointer> events;
  for (int64_t i = 1; i <= 12; ++i) events.push_back(Event(i));
  Interest wants = All();
  wants.subjects = {"leads/0"};
  EXPECT_EQ(Story(wants, events), (Lines{"1-12: 3 6 9 12"}));
  wants.to_stages = {"WORKING"};
  EXPECT_EQ(Story(wants, events), (Lines{"1-12: 6 12"}));
  wants.types = {"other"};
  EXPECT_EQ(Story(wants, events), (Lines{"1-12:"}));
}

TEST(Stretch, AGapOfTheLogShowsAsItIs) {
  EXPECT_EQ(Story(All(), {Event(5), Event(6)}), (Lines{"5-6: 5 6"})) << "aged out";
  EXPECT_EQ(Story(All(), {Event(1), Event(4), Event(9)}), (Lines{"1-1: 1", "4-4: 4", "9-9: 9"}));
  Interest wants = All();
  wants.types = {"won"};
  EXPECT_EQ(Story(wants, {Event(1), Event(2), Event(7), Event(8, "acme", "won")}),
            (Lines{"1-2:", "7-8: 8"}))
      << "what was read but not wanted is not part of the gap";
}

TEST(Stretch, ADamagedEventEndsItAndThenTheSubscription) {
  EXPECT_EQ(Story(All(), {Event(1), Event(2), Damaged(3), Event(4)}),
            (Lines{"1-2: 1 2", "damage"}));
  Interest wants = All();
  wants.types = {"won"};
  EXPECT_EQ(Story(wants, {Event(1), Damaged(2)}), (Lines{"1-1:", "damage"}));
}

TEST(Stretch, IsBoundedByNumberAndSizeButHoldsOneEventAtLeast) {
  std::vector<FeedEventPointer> events;
  for (size_t i = 1; i <= kStretchEvents + 1; ++i) events.push_back(Event(static_cast<int64_t>(i)));
  EXPECT_EQ(Story(All(), events).size(), 2u);
  const std::vector<FeedEventPointer> big = {Event(1, "acme", "moved", 2 * kStretchBytes),
                                             Event(2, "acme", "moved", kStretchBytes),
                                             Event(3, "acme", "moved", 1)};
  EXPECT_EQ(Story(All(), big), (Lines{"1-1: 1", "2-2: 2", "3-3: 3"}));
}

TEST(RecentEvents, KeepsTheNewestAndKnowsFromWhereOnAllAreThere) {
  RecentEvents recent(8, 1000);
  EXPECT_FALSE(recent.known());
  recent.Begin(100);
  for (int64_t i = 101; i <= 150; ++i) {
    recent.Add(Event(i));
    ASSERT_EQ(recent.end(), i);
    const auto all = recent.After(recent.begin());
    ASSERT_LE(all.size(), 8u);
    ASSERT_GE(all.size(), 4u * (i > 104 ? 1 : 0));
    for (size_t k = 0; k < all.size(); ++k) {
      ASSERT_EQ(all[k]->sequence, recent.begin() + 1 + static_cast<int64_t>(k));
    }
    if (!all.empty()) {
      ASSERT_EQ(all.back()->sequence, i);
    }
  }
  recent.Add(Event(151, "acme", "moved", 2000));
  recent.Add(Event(152));
  EXPECT_EQ(recent.After(151).size(), 1u) << "one that is too large for all takes others' place";
  recent.Begin(7);
  EXPECT_EQ(recent.begin(), 7);
  EXPECT_TRUE(recent.After(0).empty());
}

// Whatever the log, the interest and the way it comes in pieces: what is told is all of it.
TEST(Stretch, AnyStoryHasEachWantedEventOnceAndEverySequenceInOneStretchOrAGap) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<FeedEventPointer> log;
    int64_t sequence = 0;
    for (int i = 0; i < 40; ++i) {
      sequence += random() % 8 == 0 ? 3 : 1;
      log.push_back(Event(sequence, random() % 3 == 0 ? "globex" : "acme",
                          random() % 2 == 0 ? "won" : "moved", 1 + random() % (kStretchBytes / 4)));
    }
    Interest interest = random() % 2 == 0 ? All() : OfAcme();
    if (random() % 2 == 0) interest.types = {"won"};
    Progress progress;
    std::vector<int64_t> got, covered;
    size_t known = 0;
    while (known < log.size() || progress.told < sequence) {
      known = std::min(log.size(), known + random() % 9);
      Stretch stretch;
      const auto part = absl::MakeConstSpan(log).subspan(0, known);
      const Found found = Collect(interest, Beyond(part, progress.read), progress, stretch);
      if (found == Found::kNothing && random() % 2 == 0) {
        stretch = WhatWasRead(progress);
      } else if (found == Found::kNothing) {
        continue;
      }
      for (int64_t i = stretch.begin; i <= stretch.read; ++i) covered.push_back(i);
      for (const FeedEventPointer& event : stretch.events) got.push_back(event->sequence);
    }
    std::vector<int64_t> wanted, there;
    for (const FeedEventPointer& event : log) {
      there.push_back(event->sequence);
      if (interest.MaySee(*event) && interest.Wants(*event)) wanted.push_back(event->sequence);
    }
    ASSERT_EQ(got, wanted) << "round " << round;
    ASSERT_EQ(covered, there) << "round " << round;
  }
}

}  // namespace
}  // namespace crm::feed
