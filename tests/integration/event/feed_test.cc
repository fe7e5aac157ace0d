// Subscribers of a feed over a real log and stream: each gets every event once and in order, where
// it began, however slow it is, whatever becomes of Redis.

#include "common/feed/feed.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/event/feed_reader.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event::testing {
namespace {

class FeedTest : public ::testing::Test {
 protected:
  feed::FeedOptions Options() const {
    feed::FeedOptions options;
    options.tail.stream = kStream;
    options.tail.redis = pipeline_.Redis();
    options.tail.block = absl::Milliseconds(50);
    options.tail.redis_pause = absl::Milliseconds(200);
    options.tail.look_interval = absl::Milliseconds(300);
    options.heartbeat = absl::Milliseconds(500);
    options.recent_events = 64;
    return options;
  }
  void Open(const feed::FeedOptions& options) {
    feed_ = std::make_unique<feed::Feed>(options, *pipeline_.app, pipeline_.registry);
    feed_->Start();
  }
  std::unique_ptr<Reader> Subscribe(feed::Beginning beginning,
                                    feed::Interest interest = {.all_tenants = true}) {
    auto reader = std::make_unique<Reader>(*feed_, beginning, std::move(interest));
    EXPECT_TRUE(feed_->Add(*reader).ok());
    EXPECT_TRUE(Await(absl::Seconds(30), [&] { return reader->begun(); }));
    return reader;
  }
  // So many more moves, in the log and on the stream.
  void Move(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(pipeline_.Move(1 + i % 5).ok());
    moves_ += count;
  }
  bool Reads(const Reader& reader, int64_t sequence) {
    return Await(absl::Seconds(60), [&] { return reader.read() >= sequence; });
  }

  Pipeline pipeline_;
  std::unique_ptr<Relay> relay_ = pipeline_.StartRelay();
  std::unique_ptr<feed::Feed> feed_;
  int64_t moves_ = 0;
};

TEST_F(FeedTest, BeginsWhereItIsAskedTo) {
  Move(20);
  ASSERT_TRUE(pipeline_.AwaitStream(20));
  Move(20);
  ASSERT_TRUE(pipeline_.AwaitStream(40));
  int64_t then = 0, first = 0;
  ASSERT_TRUE(
      absl::SimpleAtoi(pipeline_.Sql("SELECT ms FROM crm_lead.event_log WHERE seq = 21"), &then));
  ASSERT_TRUE(absl::SimpleAtoi(
      pipeline_.Sql(absl::StrCat("SELECT min(seq) FROM crm_lead.event_log WHERE ms >= ", then)),
      &first));
  Open(Options());
  const auto all = Subscribe(feed::After{0});
  const auto some = Subscribe(feed::After{33});
  const auto now = Subscribe(feed::FromNow{});
  const auto since = Subscribe(feed::Since{absl::FromUnixMillis(then)});
  const auto beyond = Subscribe(feed::After{45});
  EXPECT_EQ(now->first(), 41);
  EXPECT_EQ(since->first(), first);
  EXPECT_EQ(beyond->first(), 46);
  EXPECT_EQ(beyond->last(), 40) << "which tells it so";
  Move(10);
  for (const Reader* reader : {all.get(), some.get(), now.get(), since.get(), beyond.get()}) {
    ASSERT_TRUE(Reads(*reader, 50));
  }
  EXPECT_EQ(all->Wrong(1, 50), "");
  EXPECT_EQ(some->Wrong(34, 50), "");
  EXPECT_EQ(now->Wrong(41, 50), "");
  EXPECT_EQ(since->Wrong(first, 50), "");
  EXPECT_EQ(beyond->Wrong(46, 50), "");
}

TEST_F(FeedTest, OneWhoIsSlowReadsTheLogAndHoldsUpNobody) {
  Open(Options());
  const auto quick = Subscribe(feed::After{0});
  const auto slow = Subscribe(feed::After{0});
  slow->Hold();
  Move(300);  // several times what is kept
  ASSERT_TRUE(Reads(*quick, 300));
  EXPECT_LT(slow->read(), 300);
  EXPECT_LE(slow->got().size(), 64u) << "no more than the stretch under way";
  slow->Release();
  ASSERT_TRUE(Reads(*slow, 300));
  Move(5);
  ASSERT_TRUE(Reads(*slow, 305));
  EXPECT_EQ(quick->Wrong(1, 305), "");
  EXPECT_EQ(slow->Wrong(1, 305), "");
}

TEST_F(FeedTest, TellsWhereItIsWhileThereIsNothingToSend) {
  Open(Options());
  feed::Interest other = {.all_tenants = true};
  other.types = {"crm.lead.lead.other.v1"};
  const auto idle = Subscribe(feed::After{0}, other);
  Move(10);
  ASSERT_TRUE(Reads(*idle, 10)) << "though none was wanted";
  const int beats = idle->beats();
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return idle->beats() >= beats + 2; }));
  EXPECT_EQ(idle->last(), 10);
  EXPECT_EQ(idle->gaps(), 0);
  EXPECT_TRUE(idle->got().empty());
}

// The stream dies, is emptied, hangs; the log goes on.
TEST_F(FeedTest, NobodyMissesAnythingWhateverBecomesOfRedis) {
  Open(Options());
  std::deque<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 20; ++i) readers.push_back(Subscribe(feed::After{0}));
  const auto step = [&](const std::string& what, const std::function<void()>& fault) {
    Move(20);
    fault();
    Move(20);
    readers.push_back(Subscribe(feed::After{0}));
    for (const auto& reader : readers) ASSERT_TRUE(Reads(*reader, moves_)) << what;
  };
  step("killed", [&] { pipeline_.redis_server.Kill(); });
  step("started anew, empty", [&] { pipeline_.redis_server.Start(); });
  step("emptied", [&] { pipeline_.redis_server.FlushAll(); });
  step("hangs", [&] { pipeline_.redis_server.Pause(); });
  step("goes on", [&] { pipeline_.redis_server.Resume(); });
  ASSERT_TRUE(pipeline_.AwaitStream(moves_, absl::Seconds(60)));
  step("is well", [] {});
  for (const auto& reader : readers) EXPECT_EQ(reader->Wrong(1, moves_), "");
  EXPECT_GT(pipeline_.Metric("crm_subscriber_filled_total"), 0);
}

TEST_F(FeedTest, WhatHasAgedOutIsAGapThatShows) {
  Move(30);
  ASSERT_TRUE(pipeline_.AwaitStream(30));
  relay_.reset();
  pipeline_.Sql(
      "DELETE FROM crm_lead.event_log WHERE seq <= 10 OR seq IN (20, 21); "
      "UPDATE crm_lead.event_stream SET floor_seq = 11");
  Open(Options());
  const auto reader = Subscribe(feed::After{3});
  EXPECT_EQ(reader->first(), 11);
  ASSERT_TRUE(Reads(*reader, 30));
  EXPECT_EQ(reader->gaps(), 1) << "the hole in the log";
  EXPECT_EQ(reader->got().size(), 18u);
}

TEST_F(FeedTest, ADamagedEventEndsThoseWhoMaySeeIt) {
  Move(10);
  ASSERT_TRUE(pipeline_.AwaitStream(10));
  relay_.reset();
  pipeline_.Sql("UPDATE crm_lead.event_log SET payload = '\\xffff' WHERE seq = 6");
  Open(Options());
  const auto reader = Subscribe(feed::After{0});
  const auto stranger = Subscribe(feed::After{0}, {.tenant = "globex"});
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return reader->ended(); }));
  EXPECT_EQ(reader->status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(reader->got().size(), 5u);
  EXPECT_TRUE(Reads(*stranger, 10));
  EXPECT_FALSE(stranger->ended());
}

TEST_F(FeedTest, TakesAsManyAsItMayAndLeavesOthersAPlace) {
  feed::FeedOptions options = Options();
  options.most_subscribers = 9;
  Open(options);
  std::deque<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 8; ++i) readers.push_back(Subscribe(feed::FromNow{}, {.tenant = "acme"}));
  {
    feed::Feed& feed = *feed_;
    struct Refused final : feed::Subscriber {
      using Subscriber::Subscriber;
      void Take(feed::Stretch) override {}
      void End(absl::Status) override {}
      void Abort() override {}
    };
    Refused ninth(feed::Interest{.tenant = "acme"}, feed::FromNow{});
    EXPECT_EQ(feed.Add(ninth).code(), absl::StatusCode::kResourceExhausted);
    readers.push_back(Subscribe(feed::FromNow{}, {.tenant = "globex"}));
    Refused tenth(feed::Interest{.tenant = "initech"}, feed::FromNow{});
    EXPECT_EQ(feed.Add(tenth).code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(pipeline_.Metric("crm_subscribers"), 9);
    readers.pop_back();
    readers.push_back(Subscribe(feed::FromNow{}, {.tenant = "initech"}));
  }
}

TEST_F(FeedTest, ClosesCleanlyAndTakesNobodyAnyMore) {
  Move(5);
  Open(Options());
  const auto reader = Subscribe(feed::After{0});
  ASSERT_TRUE(Reads(*reader, 5));
  const auto slow = Subscribe(feed::After{0});
  ASSERT_TRUE(Reads(*slow, 5));  // or it would hold what tells it where it begins
  slow->Hold();
  Move(1);
  ASSERT_TRUE(Reads(*slow, 6));
  std::thread closing([&] { feed_->Close(absl::Seconds(30)); });
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return reader->ended(); }));
  EXPECT_TRUE(reader->status().ok()) << reader->status();
  EXPECT_FALSE(slow->ended()) << "what is under way goes out first";
  slow->Release();
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return slow->ended(); }));
  EXPECT_TRUE(slow->status().ok());
  feed_->Remove(*reader);
  feed_->Remove(*slow);
  closing.join();
  Reader late(*feed_, feed::FromNow{});
  EXPECT_EQ(feed_->Add(late).code(), absl::StatusCode::kUnavailable);
  late.End(absl::OkStatus());
}

}  // namespace
}  // namespace crm::event::testing
