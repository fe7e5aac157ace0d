// Hundreds of subscribers of one service, each of whom gets every event once and in order while
// Redis and the service are killed and started again. CRM_SUBSCRIBERS=1000 for more of them.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using event::v1::SubscribeStageEventsRequest;
using event::v1::SubscribeStageEventsResponse;

size_t Wanted() {
  size_t count = 0;
  const char* const text = std::getenv("CRM_SUBSCRIBERS");
  return text != nullptr && absl::SimpleAtoi(text, &count) ? count : 300;
}

// A subscriber that subscribes again, behind what it has read, whenever its call ends.
class Follower {
 public:
  explicit Follower(event::v1::StageEventService::Stub& stub) : stub_(stub) {}
  ~Follower() { Stop(); }

  // Subscribes if it is not subscribed.
  void Keep() {
    if (call_ != nullptr && !call_->done()) return;
    calls_ += call_ != nullptr ? 1 : 0;
    call_ = std::make_unique<Call>(*this, stub_);
  }
  void Stop() {
    if (call_ == nullptr) return;
    call_->Cancel();
    EXPECT_TRUE(Await(absl::Seconds(60), [this] { return call_->done(); }));
    call_.reset();
  }

  int64_t read() const { return read_; }
  int64_t got() const { return got_; }
  int wrong() const { return wrong_; }
  int calls() const { return calls_; }

 private:
  class Call final : public grpc::ClientReadReactor<SubscribeStageEventsResponse> {
   public:
    Call(Follower& owner, event::v1::StageEventService::Stub& stub) : owner_(owner) {
      request_.set_after_sequence(owner.read_);
      stub.async()->SubscribeStageEvents(&context_, &request_, this);
      StartRead(&response_);
      StartCall();
    }
    void Cancel() { context_.TryCancel(); }
    bool done() const { return done_; }

   private:
    void OnReadDone(bool ok) override {
      if (!ok) return;
      owner_.Judge(response_);
      StartRead(&response_);
    }
    void OnDone(const grpc::Status&) override { done_ = true; }

    Follower& owner_;
    grpc::ClientContext context_;
    SubscribeStageEventsRequest request_;
    SubscribeStageEventsResponse response_;
    std::atomic<bool> done_{false};
  };

  // One call at a time, and so one thread at a time.
  void Judge(const SubscribeStageEventsResponse& response) {
    if (response.begin_sequence() != read_ + 1) ++wrong_;
    int64_t expected = response.begin_sequence();
    for (const auto& event : response.events()) {
      if (event.sequence() != expected++) ++wrong_;
    }
    if (expected != response.read_sequence() + 1) ++wrong_;
    got_ += response.events_size();
    read_ = response.read_sequence();
  }

  event::v1::StageEventService::Stub& stub_;
  std::atomic<int64_t> read_{0}, got_{0};
  std::atomic<int> wrong_{0}, calls_{0};
  std::unique_ptr<Call> call_;
};

class SubscribersTest : public ::testing::Test {
 protected:
  SubscribersTest()
      : database_(PostgresServer::Shared().CreateDatabase()),
        fleet_(
            {absl::StrCat("127.0.0.1:", PostgresServer::Shared().port()), database_, redis_.Url()},
            {.drain_delay = absl::ZeroDuration(),
             .replicas = 1,
             .services = {client::Service::kContact}}),
        contact_(*fleet_.Of(client::Service::kContact).at(0)) {
    // One connection takes 256 calls.
    for (size_t i = 0; i <= Wanted() / 200; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
      arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 500);
      arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
      stubs_.push_back(event::v1::StageEventService::NewStub(grpc::CreateCustomChannel(
          contact_.address(), grpc::InsecureChannelCredentials(), arguments)));
    }
  }
  ~SubscribersTest() override {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    followers_.clear();
  }

  // Keeps everybody subscribed, and writes.
  void Begin() {
    for (size_t i = 0; i < Wanted(); ++i) followers_.emplace_back(*stubs_[i / 200]);
    threads_.emplace_back([this] {
      while (!stopping_) {
        for (Follower& follower : followers_) follower.Keep();
        absl::SleepFor(absl::Milliseconds(100));
      }
      for (Follower& follower : followers_) follower.Stop();
    });
    threads_.emplace_back([this] {
      const client::Client client = fleet_.Client();
      while (!written_) {
        contact::v1::CreateContactRequest request;
        request.mutable_contact()->set_display_name("Larkspur Optics");
        request.mutable_contact()->mutable_organization();
        (void)client.Call(request);
      }
    });
  }
  int64_t LastSequence() {
    int64_t last = -1;
    (void)absl::SimpleAtoi(
        PostgresServer::Shared().Run(database_, "SELECT last_seq FROM crm_contact.event_stream"),
        &last);
    return last;
  }
  // Everybody has come to where the log is now, and a little on.
  void ExpectAllFollow(const std::string& when) {
    const int64_t goal = LastSequence() + 5;
    const bool all = Await(absl::Seconds(120), [&] {
      for (const Follower& follower : followers_) {
        if (follower.read() < goal) return false;
      }
      return true;
    });
    ASSERT_TRUE(all) << when << ": not everybody reached " << goal;
    for (const Follower& follower : followers_) ASSERT_EQ(follower.wrong(), 0) << when;
  }
  double MemoryMib() const {
    std::ifstream status(absl::StrCat("/proc/", contact_.pid(), "/status"));
    for (std::string word; status >> word;) {
      double kib = 0;
      if (word == "VmRSS:" && status >> kib) return kib / 1024;
    }
    return 0;
  }

  RedisServer redis_;
  const std::string database_;
  Fleet fleet_;
  Replica& contact_;
  std::vector<std::unique_ptr<event::v1::StageEventService::Stub>> stubs_;
  std::deque<Follower> followers_;
  std::atomic<bool> stopping_{false}, written_{false};
  std::vector<std::thread> threads_;
};

TEST_F(SubscribersTest, EachGetsEveryEventOnceWhateverIsKilled) {
  const double before = MemoryMib();
  Begin();
  ExpectAllFollow("at first");
  std::cout << Wanted() << " subscribers: " << before << " MiB before, " << MemoryMib()
            << " MiB with them, " << (MemoryMib() - before) * 1024 / static_cast<double>(Wanted())
            << " KiB each\n";
  redis_.Kill();
  ExpectAllFollow("without Redis");
  redis_.Start();
  ExpectAllFollow("with a Redis that has lost everything");
  for (const int signal : {SIGTERM, SIGKILL}) {
    contact_.Signal(signal);
    contact_.Wait();
    contact_.Start();
    ExpectAllFollow(signal == SIGTERM ? "after a restart" : "after a kill");
  }
  written_ = true;
  threads_.back().join();
  threads_.pop_back();
  const int64_t last = LastSequence();
  EXPECT_TRUE(Await(absl::Seconds(120), [&] {
    for (const Follower& follower : followers_) {
      if (follower.read() < last) return false;
    }
    return true;
  }));
  for (const Follower& follower : followers_) {
    ASSERT_EQ(follower.wrong(), 0);
    ASSERT_EQ(follower.got(), last);
    ASSERT_GE(follower.calls(), 2) << "or nothing was shown";
  }
  const Outcome watched = RunScript(absl::StrCat(
      "CRM_CONTACT_ADDRESS=", contact_.address(), " ", Quoted(BuildFolder()),
      "/bin/crmctl events watch --service contact --thing contact --after 1 --count 3"));
  EXPECT_EQ(watched.code, 0) << watched.output;
  EXPECT_NE(watched.output.find("contact #4 "), std::string::npos) << watched.output;
  std::cout << last << " events each; at the end " << MemoryMib() << " MiB\n";
}

}  // namespace
}  // namespace crm::testing
