// SubscribeStageEvents as a subscriber calls it.

#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "common/error/error.h"
#include "common/error/reasons.h"
#include "tests/integration/serving/stage_event_fixture.h"
#include "tests/support/await.h"

namespace crm::serving::stage_events_test {
namespace {

using event::v1::SubscribeStageEventsRequest;
using event::v1::SubscribeStageEventsResponse;

// One call of SubscribeStageEvents.
class Subscription {
 public:
  Subscription(event::v1::StageEventService::Stub& stub,
               const SubscribeStageEventsRequest& request) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stream_ = stub.SubscribeStageEvents(&context_, request);
  }
  ~Subscription() {
    context_.TryCancel();
    if (!ended_) (void)End();
  }

  // "begin-read: sequences" of the next response, or how it ended.
  std::string Next() {
    if (!stream_->Read(&last_)) return absl::StrCat("end ", End().ToString());
    std::string text = absl::StrCat(last_.begin_sequence(), "-", last_.read_sequence(), ":");
    for (const auto& event : last_.events()) absl::StrAppend(&text, " ", event.sequence());
    return text;
  }
  // Skips those that only say where the subscription is.
  std::string NextEvents() {
    for (std::string text = Next();; text = Next()) {
      if (text.back() != ':') return text;
    }
  }
  const SubscribeStageEventsResponse& last() const { return last_; }
  absl::Status End() {
    ended_ = true;
    SubscribeStageEventsResponse ignored;
    while (stream_->Read(&ignored)) {
    }
    return rpc::FromGrpcStatus(stream_->Finish());
  }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<SubscribeStageEventsResponse>> stream_;
  SubscribeStageEventsResponse last_;
  bool ended_ = false;
};

SubscribeStageEventsRequest After(int64_t sequence) {
  SubscribeStageEventsRequest request;
  request.set_after_sequence(sequence);
  return request;
}

constexpr char kLead[] = "018f0000-0000-7000-8000-00000000000a";

TEST_F(StageEvents, ASubscriberIsToldWhereItBeginsAndThenSentWhatThereIsAndWhatComes) {
  Log(3);
  Subscription subscription(*stub_, After(1));
  EXPECT_EQ(subscription.Next(), "2-1:");
  EXPECT_EQ(subscription.last().last_sequence(), 3);
  EXPECT_EQ(subscription.last().last_time().nanos(), 3'000'000);
  EXPECT_EQ(subscription.NextEvents(), "2-3: 2 3");
  EXPECT_EQ(subscription.last().read_time().nanos(), 3'000'000);
  EXPECT_EQ(subscription.last().events(0).entry_id(), "1002-2");
  Log(2);
  EXPECT_EQ(subscription.NextEvents(), "4-5: 4 5");
  EXPECT_EQ(subscription.Next(), "6-5:") << "while nothing happens";
  EXPECT_EQ(subscription.last().last_time().nanos(), subscription.last().read_time().nanos());
  Log(1);
  EXPECT_EQ(subscription.NextEvents(), "6-6: 6");
}

// Also one to whom nothing of what comes is sent.
TEST_F(StageEvents, IsToldHowFarItIsAsOftenAsItAsksFor) {
  EndServing();
  heartbeat_ = absl::Hours(1);
  Serve({});
  Log(1);
  SubscribeStageEventsRequest request = After(0);
  request.mutable_heartbeat()->set_seconds(1);
  request.add_types("none");
  Subscription subscription(*stub_, request);
  EXPECT_EQ(subscription.Next(), "1-0:");
  EXPECT_EQ(subscription.Next(), "1-1:");
  Log(2);
  while (subscription.last().read_sequence() < 3) ASSERT_EQ(subscription.Next().substr(0, 1), "2");
  EXPECT_EQ(subscription.last().read_time().nanos(), 3'000'000);
}

TEST_F(StageEvents, BeginsWithWhatComesOrAtATime) {
  Log(4);
  Subscription now(*stub_, SubscribeStageEventsRequest());
  EXPECT_EQ(now.Next(), "5-4:");
  SubscribeStageEventsRequest since;
  since.mutable_start_time()->set_seconds(1);
  since.mutable_start_time()->set_nanos(3'000'000);
  Subscription then(*stub_, since);
  EXPECT_EQ(then.Next(), "3-2:");
  EXPECT_EQ(then.NextEvents(), "3-4: 3 4");
  Log(1);
  EXPECT_EQ(now.NextEvents(), "5-5: 5");
}

TEST_F(StageEvents, SendsWhatIsAskedForAndMayBeSeen) {
  Log(6);
  SetSubject(2, "leads", kLead);
  SetSubject(3, "leads", kLead, "globex");
  SetSubject(5, "leads", kLead, "acme", "WORKING");
  SubscribeStageEventsRequest request = After(0);
  request.add_subjects(absl::StrCat("leads/", kLead));
  EXPECT_EQ(Subscription(*stub_, request).NextEvents(), "1-6: 2 3 5");
  request.add_tenants("globex");
  EXPECT_EQ(Subscription(*stub_, request).NextEvents(), "1-6: 3");
  callers_.sees_all = false;
  request.clear_tenants();
  EXPECT_EQ(Subscription(*stub_, request).NextEvents(), "1-6: 2 5");
  request.add_to_stages("WORKING");
  request.add_types("crm.lead.lead.stage_changed.v1");
  EXPECT_EQ(Subscription(*stub_, request).NextEvents(), "1-6: 5");
}

TEST_F(StageEvents, ADamagedEventEndsASubscription) {
  Log(3);
  Sql("UPDATE event_log SET payload = '\\xffff' WHERE seq = 3");
  Subscription subscription(*stub_, After(0));
  EXPECT_EQ(subscription.NextEvents(), "1-2: 1 2");
  EXPECT_EQ(error::ReasonOf(subscription.End()), error::kDataDamaged);
}

TEST_F(StageEvents, WhoGoesAwayIsForgotten) {
  Log(1);
  std::deque<Subscription> many;
  for (size_t i = 0; i < kMostSubscribers - kMostSubscribers / 9; ++i) {
    many.emplace_back(*stub_, After(0));
    EXPECT_EQ(many.back().Next(), "1-0:");
  }
  Subscription refused(*stub_, After(0));
  EXPECT_EQ(error::ReasonOf(refused.End()), error::kOverloaded);
  many.clear();
  EXPECT_TRUE(
      crm::testing::Await(absl::Seconds(30), [&] { return (*feeds_)[0].subscribers() == 0; }));
  EXPECT_EQ(Subscription(*stub_, After(0)).NextEvents(), "1-1: 1");
}

TEST_F(StageEvents, AServerThatStopsEndsSubscriptionsWithOk) {
  Log(2);
  Subscription subscription(*stub_, After(0));
  EXPECT_EQ(subscription.NextEvents(), "1-2: 1 2");
  std::thread drain([this] { server_->Drain(absl::ZeroDuration(), absl::Seconds(30)); });
  EXPECT_TRUE(subscription.End().ok());
  drain.join();
}

// A reader that does not read must not keep the server, nor make it keep what it should read.
TEST_F(StageEvents, OneWhoDoesNotReadIsBrokenOff) {
  const std::string big(40'000, 'x');
  Log(200);
  event::v1::StageChanged change;
  change.set_reason(big);
  Sql(absl::StrCat("UPDATE event_log SET payload = '\\x",
                   absl::BytesToHexString(change.SerializeAsString()), "'"));
  Subscription silent(*stub_, After(0));
  EXPECT_EQ(silent.Next(), "1-0:");
  Subscription quick(*stub_, After(0));
  while (quick.last().read_sequence() < 200) ASSERT_NE(quick.Next().substr(0, 3), "end");
  const base::SteadyTime begun = base::SteadyNow();
  server_->Drain(absl::ZeroDuration(), absl::Seconds(60));
  EXPECT_LT(base::SteadyNow() - begun, absl::Seconds(30));
}

TEST_F(StageEvents, WrongPositionsAreRefused) {
  EXPECT_EQ(error::ReasonOf(Subscription(*stub_, After(-1)).End()), error::kFieldInvalid);
  SubscribeStageEventsRequest request;
  request.mutable_start_time()->set_nanos(-1);
  EXPECT_EQ(error::ReasonOf(Subscription(*stub_, request).End()), error::kFieldInvalid);
  for (const int seconds : {-1, 0, 31}) {
    SubscribeStageEventsRequest often = After(0);
    often.mutable_heartbeat()->set_seconds(seconds);
    EXPECT_EQ(error::ReasonOf(Subscription(*stub_, often).End()), error::kFieldInvalid);
  }
}

}  // namespace
}  // namespace crm::serving::stage_events_test
