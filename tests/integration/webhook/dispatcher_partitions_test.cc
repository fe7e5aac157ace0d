// Events of a log in several partitions on their way to receivers.

#include <gmock/gmock.h>

#include <atomic>
#include <numeric>

#include "tests/integration/webhook/dispatcher_fixture.h"

namespace crm::webhook::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::SizeIs;

constexpr int kPartitions = 3;
constexpr int kThings = 16;

class PartitionsTest : public DispatcherTest {
 protected:
  PartitionsTest() : DispatcherTest(kPartitions) {}
  explicit PartitionsTest(int partitions) : DispatcherTest(partitions) {}

  std::vector<int64_t> Positions(const base::Uuid& id) {
    std::vector<int64_t> positions;
    for (const PartitionState& state : Get(id).partitions) positions.push_back(state.position);
    return positions;
  }
  static int64_t Sum(const std::vector<int64_t>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), int64_t{0});
  }
  bool AwaitAll(const base::Uuid& id) {
    return Await(absl::Seconds(30),
                 [&] { return Sum(Positions(id)) == moves_ && Get(id).pending == 0; });
  }

  // Empty if each move of each thing has been heard, and in order when they came for the first
  // time.
  std::string WrongOfThings(const WebhookReceiver& receiver) {
    std::map<std::string, int64_t> last;
    for (const auto& request : receiver.requests()) {
      int64_t version = 0;
      (void)absl::SimpleAtoi(Text(request.body, "version"), &version);
      int64_t& before = last[Text(request.body, "subject")];
      if (version > before + 1) {
        return absl::StrCat(Text(request.body, "subject"), ": ", version, " after ", before);
      }
      before = std::max(before, version);
    }
    int64_t heard = 0;
    for (const auto& [subject, version] : last) heard += version;
    return heard == moves_ ? "" : absl::StrCat(heard, " of ", moves_);
  }
};

TEST_F(PartitionsTest, EachSendsItsOwnAndNothingIsLostWhoeverIsCutOff) {
  options_.last_words = absl::ZeroDuration();
  WebhookReceiver receiver([](const auto& request) {
    return Reply{.status = request.body.size() % 7 == 0 ? 500 : 200,
                 .before = absl::Milliseconds(request.body.size() % 20)};
  });
  const base::Uuid id = Create(receiver.url());
  Begin();
  Begin();  // of each two, of which one waits
  Move(40, kThings);
  dispatchers_.erase(dispatchers_.begin(), dispatchers_.begin() + 2);  // in the midst of it
  Move(40, kThings);
  ASSERT_TRUE(Await(absl::Seconds(30), [&] { return Sum(Positions(id)) > 40; }));
  pipeline_.Sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  Move(40, kThings);
  receiver.Behave([](const auto&) { return Reply(); });
  ASSERT_TRUE(AwaitAll(id));
  EXPECT_THAT(Positions(id), AllOf(SizeIs(kPartitions), Each(Gt(0))));
  EXPECT_EQ(WrongOfThings(receiver), "");
  for (const Delivery& delivery : Deliveries(id)) {
    EXPECT_EQ(absl::StrCat(delivery.partition),
              pipeline_.Sql(absl::StrCat("SELECT stream FROM crm_lead.event_log WHERE event_id = '",
                                         delivery.id.ToString(), "'")));
    if (delivery.sequence > 2) break;  // one question each
  }
}

TEST_F(PartitionsTest, AReplayIsOfOneOrOfAll) {
  WebhookReceiver receiver;
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(30, kThings);
  ASSERT_TRUE(AwaitAll(id));
  ASSERT_EQ(receiver.count(), 30u);
  const std::vector<int64_t> ends = Positions(id);
  Apply(id, Replaying({{1, 0}}));
  const auto expected = static_cast<size_t>(30 + ends[1]);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return receiver.count() >= expected; }));
  ASSERT_TRUE(AwaitAll(id));
  EXPECT_EQ(receiver.count(), expected) << "the others' are not sent again";
  Apply(id, Replaying({{0, 0}, {1, 0}, {2, 0}}));
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return receiver.count() >= expected + 30; }));
  ASSERT_TRUE(AwaitAll(id));
  Apply(id, Disabling(Now()));
  ASSERT_TRUE(Await(absl::Seconds(20), [&] {
    double enabled = 0;
    for (int each = 0; each < kPartitions; ++each) enabled += Gauge("crm_webhooks_enabled", each);
    return enabled == 0;
  }));
  Move(10, kThings);
  ASSERT_TRUE(AwaitLog());
  Apply(id, Enabling(Now(), true));
  ASSERT_TRUE(AwaitAll(id)) << "by passing over what it has missed";
  Move(5, kThings);
  ASSERT_TRUE(AwaitAll(id));
  EXPECT_EQ(receiver.count(), expected + 35);
}

class RaisedTest : public PartitionsTest {
 protected:
  RaisedTest() : PartitionsTest(1) {}

  void Raise(int partitions) {
    ASSERT_TRUE(AwaitLog());
    ASSERT_TRUE(Await(absl::Seconds(20), [&] { return pipeline_.Count("outbox_in") == 0; }));
    End();
    EndLog();
    StartLog(partitions);
  }
};

// A thing whose earlier event waits in one partition has later ones in another, twice over.
TEST_F(RaisedTest, NoThingOvertakesItself) {
  std::atomic<bool> refuses{true};
  std::string poisoned;
  WebhookReceiver receiver([&](const auto& request) {
    return Reply{.status = refuses && Text(request.body, "subject") == poisoned ? 422 : 200};
  });
  Move(1, 1);
  ASSERT_TRUE(AwaitLog());
  poisoned = absl::StrCat("leads/", pipeline_.Sql("SELECT aggregate FROM crm_lead.event_log"));
  const base::Uuid id = Create(receiver.url());
  Apply(id, Replaying({{0, 0}}));
  Begin();
  Move(kThings, kThings);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get(id).pending == 2; }));
  End();
  Move(kThings, kThings);  // not sent before there are more
  Raise(2);
  Move(kThings, kThings);
  Raise(kPartitions);
  Begin();
  Move(kThings, kThings);
  // All but what is behind the event that is refused.
  ASSERT_TRUE(Await(absl::Seconds(20), [&] {
    std::set<std::string> ids;
    for (const auto& request : receiver.requests()) {
      if (Text(request.body, "subject") != poisoned) ids.insert(request.Header("crm-event-id"));
    }
    return ids.size() == 4u * (kThings - 1);
  }));
  for (const auto& request : receiver.requests()) {
    if (Text(request.body, "subject") != poisoned) continue;
    EXPECT_EQ(Text(request.body, "version"), "1");
  }
  refuses = false;
  ASSERT_TRUE(AwaitAll(id));
  EXPECT_EQ(WrongOfThings(receiver), "");
}

}  // namespace
}  // namespace crm::webhook::testing
