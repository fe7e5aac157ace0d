// The client library's watch over servers that come and go.

#include <gtest/gtest.h>

#include <thread>

#include "clients/cpp/client.h"
#include "tests/integration/serving/stage_event_fixture.h"
#include "tests/support/await.h"
#include "tests/support/silent_server.h"

namespace crm::serving::stage_events_test {
namespace {

using client::StageEventWatch;
using event::v1::SubscribeStageEventsRequest;

class StageWatch : public StageEvents {
 protected:
  client::WatchOptions Quick() const {
    client::WatchOptions options;
    options.silence = absl::Seconds(30);
    options.retries.longest_delay = absl::Milliseconds(200);
    return options;
  }
  static client::Client Client(const std::string& address) {
    client::Addresses addresses;
    addresses.lead = address;
    return *client::Client::Connect(addresses, {});
  }
  std::unique_ptr<StageEventWatch> Watch(const std::string& address, client::WatchOptions options) {
    SubscribeStageEventsRequest request;
    request.set_after_sequence(0);
    return Client(address).Watch(client::Service::kLead, request, options);
  }
  std::string Address() const { return absl::StrCat("127.0.0.1:", server_->selected_port()); }

  // Reads on to this sequence; each event once and in order.
  void ReadTo(StageEventWatch& watch, int64_t sequence) {
    while (watch.read_sequence().value_or(0) < sequence) {
      const auto response = watch.Next();
      ASSERT_TRUE(response.ok()) << response.status();
      ASSERT_EQ(response->begin_sequence(), read_ + 1);
      for (const auto& event : response->events()) ASSERT_EQ(event.sequence(), ++read_);
      ASSERT_EQ(response->read_sequence(), read_);
    }
  }

  int64_t read_ = 0;
};

TEST_F(StageWatch, GoesOnWhereItWasWhenAServerHasStoppedAndAnotherStarts) {
  Log(5);
  const std::string address = Address();
  const auto watch = Watch(address, Quick());
  ReadTo(*watch, 5);
  EndServing();
  Log(5);
  std::thread starts([&] {
    rpc::ServerOptions options;
    options.listen = address;
    Serve(options);
  });
  ReadTo(*watch, 10);
  starts.join();
  EXPECT_GE(watch->subscriptions(), 2);
}

TEST_F(StageWatch, OutlivesItsConnections) {
  EndServing();
  rpc::ServerOptions options;
  options.max_connection_age = absl::Milliseconds(400);
  options.max_connection_age_grace = absl::Milliseconds(200);
  Serve(options);
  const auto watch = Watch(Address(), Quick());
  for (int64_t goal = 1; watch->subscriptions() < 4; ++goal) {
    Log(1);
    ReadTo(*watch, goal);
    if (HasFatalFailure()) return;
  }
}

TEST_F(StageWatch, TellsWhatDoesNotPassByItself) {
  const client::Client client = Client(Address());
  SubscribeStageEventsRequest request;
  request.set_after_sequence(-1);
  EXPECT_EQ(client.Watch(client::Service::kLead, request)->Next().status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(client.Watch(client::Service::kContact, request)->Next().status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(StageWatch, ASilentServerIsGivenUpAndCancelEndsTheWait) {
  crm::testing::SilentServer silent;
  client::WatchOptions options = Quick();
  options.silence = absl::Milliseconds(300);
  const auto watch = Watch(absl::StrCat("127.0.0.1:", silent.port()), options);
  std::thread cancels([&] {
    EXPECT_TRUE(
        crm::testing::Await(absl::Seconds(60), [&] { return watch->subscriptions() >= 3; }));
    watch->Cancel();
  });
  EXPECT_EQ(watch->Next().status().code(), absl::StatusCode::kCancelled);
  cancels.join();
  const auto other = Watch(Address(), Quick());
  ASSERT_TRUE(other->Next().ok());
  std::thread cancels_other([&] { other->Cancel(); });
  absl::Status status = absl::OkStatus();
  while (status.ok()) status = other->Next().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  cancels_other.join();
}

}  // namespace
}  // namespace crm::serving::stage_events_test
