#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/clock.h"
#include "common/feed/feed.h"
#include "common/idempotency/ledger.h"
#include "common/pg/migrator.h"
#include "common/webhook/dispatcher.h"
#include "common/webhook/signature.h"
#include "common/webhook/webhook_store.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"
#include "tests/support/service_fixture.h"
#include "tests/support/webhook_receiver.h"

namespace crm::webhook::testing {

using crm::testing::Await;
using crm::testing::WebhookReceiver;
using Reply = WebhookReceiver::Reply;

inline constexpr char kSecret[] = "whsec_0123456789abcdef0123456789abcdef";

// What a receiver was told of an event.
struct Heard {
  int64_t sequence = 0;
  std::string subject;
};

// A service's log with moves, without the service, and its webhooks.
class DispatcherTest : public ::testing::Test {
 protected:
  explicit DispatcherTest(int partitions = 1) {
    options_.service = "lead";
    options_.database = pipeline_.Database("app");
    options_.sender.policy.allow_http = true;
    options_.sender.policy.addresses.networks = {Network::Parse("127.0.0.0/8").value()};
    options_.sender.timeout = absl::Milliseconds(500);
    options_.limits.first_retry = absl::Milliseconds(100);
    options_.limits.longest_pause = absl::Milliseconds(400);
    options_.look = absl::Milliseconds(50);
    options_.take_over = absl::ZeroDuration();
    StartLog(partitions);
  }
  ~DispatcherTest() override {
    End();
    EndLog();
  }

  // More than before only while nothing is started.
  void StartLog(int partitions) {
    pipeline_.Sql(
        absl::StrCat("SET search_path TO crm_lead; SELECT set_partitions(", partitions, ")"));
    pipeline_.partitions = partitions;
    for (int partition = 0; partition < partitions; ++partition) {
      relays_.push_back(pipeline_.StartRelay(partition));
      feeds_.push_back(MakeFeed(partition));
    }
  }
  void EndLog() {
    for (const auto& feed : feeds_) feed->Stop();
    feeds_.clear();
    relays_.clear();
  }

  std::unique_ptr<feed::Feed> MakeFeed(int partition) {
    feed::FeedOptions options;
    options.tail.stream = event::testing::StreamOf(partition);
    options.tail.partition = partition;
    options.tail.redis = pipeline_.Redis();
    options.tail.block = absl::Milliseconds(50);
    options.tail.look_interval = absl::Milliseconds(200);
    options.heartbeat = absl::Milliseconds(300);
    auto feed = std::make_unique<feed::Feed>(options, *pipeline_.app, pipeline_.registry);
    feed->Start();
    return feed;
  }
  std::unique_ptr<Dispatcher> MakeDispatcher(int partition) {
    DispatcherOptions options = options_;
    options.partition = partition;
    options.partitions = pipeline_.partitions;
    auto dispatcher = std::make_unique<Dispatcher>(options, *feeds_[static_cast<size_t>(partition)],
                                                   base::SystemClock::Instance(), pipeline_.ids,
                                                   metrics_, nullptr);
    dispatcher->Start();
    return dispatcher;
  }
  void Begin() {
    for (int partition = 0; partition < pipeline_.partitions; ++partition) {
      dispatchers_.push_back(MakeDispatcher(partition));
    }
  }
  void End() { dispatchers_.clear(); }

  // So many moves of things 1 to `things`, in turn.
  void Move(int count, int things = 5) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(pipeline_.Move(1 + i % things).ok());
    moves_ += count;
  }
  bool AwaitLog() {
    return Await(absl::Seconds(20), [&] { return pipeline_.Count("event_log") >= moves_; });
  }

  Write Now() const { return {"acme", std::nullopt, base::SystemClock::Instance().Now()}; }
  static base::Deadline Soon() { return base::Deadline::After(absl::Seconds(20)); }

  base::Uuid Create(const std::string& url, Webhook wanted = {}) {
    wanted.tenant = wanted.tenant.empty() ? "acme" : wanted.tenant;
    wanted.id = pipeline_.ids.New();
    wanted.url = url;
    Write write = Now();
    write.tenant = wanted.tenant;
    const auto made = webhook::Create(
        *pipeline_.app, write, wanted, kSecret, [](const Webhook&) { return std::string(); },
        Soon());
    EXPECT_TRUE(made.ok()) << made.status();
    return wanted.id;
  }
  void Apply(const base::Uuid& id, const Rule& rule) {
    const auto changed = webhook::Change(
        *pipeline_.app, Now(), id, "", rule, [](const Webhook&) { return std::string(); }, Soon());
    EXPECT_TRUE(changed.ok()) << changed.status();
  }
  Webhook Get(const base::Uuid& id) {
    const auto found = Find(*pipeline_.app, "acme", id, Soon());
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(Webhook());
  }
  std::vector<Delivery> Deliveries(const base::Uuid& id) {
    listing::Query query;
    query.tenant = "acme";
    query.order = &DeliveryOrders()[0].order;
    query.limit = 1000;
    const auto found = ListDeliveries(*pipeline_.app, id, query, Soon());
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(std::vector<Delivery>());
  }
  // In the first partition.
  PartitionState State(const base::Uuid& id) {
    const Webhook webhook = Get(id);
    return webhook.partitions.empty() ? PartitionState() : webhook.partitions[0];
  }
  int64_t Position(const base::Uuid& id) { return State(id).position; }
  bool AwaitPosition(const base::Uuid& id, int64_t position) {
    return Await(absl::Seconds(30),
                 [&] { return Position(id) >= position && Get(id).pending == 0; });
  }

  double Gauge(const std::string& name, int partition = 0) const {
    const std::string text = metrics_.Text();
    const std::string line = absl::StrCat("\n", name, "{partition=\"", partition, "\"} ");
    const size_t at = text.find(line);
    return at == text.npos ? -1 : std::atof(text.c_str() + at + line.size());
  }
  bool AwaitGauge(const std::string& name, const std::function<bool(double)>& holds) {
    return Await(absl::Seconds(20), [&] { return holds(Gauge(name)); });
  }

  static std::string Text(const std::string& body, const std::string& name) {
    const std::string begin = absl::StrCat("\"", name, "\":\"");
    const size_t at = body.find(begin);
    if (at == body.npos) return "";
    const size_t from = at + begin.size();
    return body.substr(from, body.find('"', from) - from);
  }
  static std::vector<Heard> HeardBy(const WebhookReceiver& receiver) {
    std::vector<Heard> heard;
    for (const auto& request : receiver.requests()) {
      Heard one;
      (void)absl::SimpleAtoi(Text(request.body, "seq"), &one.sequence);
      one.subject = Text(request.body, "subject");
      heard.push_back(one);
    }
    return heard;
  }
  // Empty if each of `from` to `to` has been heard, and the events of each thing in their order
  // when they came for the first time.
  static std::string Wrong(const WebhookReceiver& receiver, int64_t from, int64_t to) {
    std::set<int64_t> all;
    std::map<std::string, int64_t> last;
    for (const Heard& heard : HeardBy(receiver)) {
      if (!all.insert(heard.sequence).second) continue;
      if (heard.sequence < last[heard.subject]) {
        return absl::StrCat(heard.sequence, " after ", last[heard.subject]);
      }
      last[heard.subject] = heard.sequence;
    }
    std::vector<std::string> missing;
    for (int64_t i = from; i <= to; ++i) {
      if (!all.contains(i)) missing.push_back(absl::StrCat(i));
    }
    return missing.empty() ? "" : absl::StrCat("missing: ", absl::StrJoin(missing, " "));
  }

  event::testing::Pipeline pipeline_;
  std::vector<std::unique_ptr<event::Relay>> relays_;
  metrics::Registry metrics_;
  DispatcherOptions options_;
  std::vector<std::unique_ptr<feed::Feed>> feeds_;
  std::vector<std::unique_ptr<Dispatcher>> dispatchers_;
  int64_t moves_ = 0;
};

}  // namespace crm::webhook::testing
