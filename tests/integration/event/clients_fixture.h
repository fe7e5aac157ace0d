#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/events/group_consumer.h"
#include "common/rpc/server.h"
#include "common/serving/stage_event_service.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event::testing {

using client::GroupConsumer;
using crm::testing::Await;

// What clients need of a service: a pipeline, a feed, and StageEventService on a port.
class ClientsTest : public ::testing::Test {
 protected:
  ClientsTest() : executor_(rpc::ExecutorOptions()) {
    feed::FeedOptions options;
    options.tail.stream = kStream;
    options.tail.redis = pipeline_.Redis();
    feeds_.Add(std::make_unique<feed::Feed>(options, *pipeline_.app, pipeline_.registry));
    feeds_[0].Start();
    service_ = std::make_unique<serving::StageEventService>(
        rpc::Binding{executor_, "crm.lead.v1", pipeline_.registry}, *pipeline_.app, feeds_);
    server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
    server_->Register(*service_);
    EXPECT_TRUE(server_->Start().ok());
    server_->SetServing(true);
  }
  ~ClientsTest() override {
    server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
    feeds_[0].Stop();
    executor_.Stop();
  }

  client::Client Client() const {
    client::Addresses addresses;
    addresses.lead = absl::StrCat("127.0.0.1:", server_->selected_port());
    return *client::Client::Connect(addresses, {});
  }
  client::GroupOptions Group(const std::string& consumer) const {
    client::GroupOptions options;
    options.redis = pipeline_.Redis();
    options.service = client::Service::kLead;
    options.group = "finance";
    options.consumer = consumer;
    options.block = absl::Milliseconds(20);
    options.take_over = absl::Milliseconds(100);
    options.max_deliveries = 3;
    return options;
  }
  // Counts each event that it handles, unless it fails first.
  std::unique_ptr<GroupConsumer> Member(const client::GroupOptions& options) {
    return std::make_unique<GroupConsumer>(options, Client(),
                                           [this](const v1::StageEvent& event) -> absl::Status {
                                             if (event.sequence() == fails_)
                                               return absl::InternalError("cannot");
                                             if (all_fail_) return absl::UnavailableError("away");
                                             ++handled_[event.sequence()];
                                             return absl::OkStatus();
                                           });
  }
  void Move(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(pipeline_.Move(1 + i % 5).ok());
    moves_ += count;
    ASSERT_TRUE(pipeline_.AwaitStream(moves_));
  }
  // Lets the members work until that many events are handled.
  bool HandleAll(std::vector<GroupConsumer*> members, size_t count) {
    return Await(absl::Seconds(60), [&] {
      for (GroupConsumer* const member : members) {
        if (const auto polled = member->Poll(); !polled.ok()) last_error_ = polled.status();
      }
      return handled_.size() >= count;
    });
  }
  int64_t Pending() {
    const auto connection = redis::Connection::Open(pipeline_.Redis());
    const auto reply = (*connection)->Run({"XPENDING", kStream, "finance"});
    return reply.ok() ? (*reply)[0].integer() : -1;
  }

  Pipeline pipeline_;
  std::unique_ptr<Relay> relay_ = pipeline_.StartRelay();
  rpc::Executor executor_;
  serving::Feeds feeds_;
  std::unique_ptr<serving::StageEventService> service_;
  std::unique_ptr<rpc::Server> server_;
  int64_t moves_ = 0;
  std::map<int64_t, int> handled_;  // by sequence
  int64_t fails_ = 0;
  bool all_fail_ = false;
  absl::Status last_error_;
};

}  // namespace crm::event::testing
