#include "crm/pipeline/watch.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <deque>
#include <utility>

#include "clients/cpp_package/src/connection.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"

namespace crm::pipeline {

using event::v1::StageEvent;
using event::v1::StageEventService;
using event::v1::SubscribeStageEventsRequest;
using event::v1::SubscribeStageEventsResponse;

namespace {

// The server says something every ten seconds; after so long a silence the connection is dead.
constexpr std::chrono::seconds kSilence(35);

}  // namespace

// One subscription, from its begin to its end.
class Subscription {
 public:
  Subscription(const std::shared_ptr<grpc::Channel>& channel, Connection& connection,
               const SubscribeStageEventsRequest& request)
      : stub_(StageEventService::NewStub(channel)) {
    connection.Identify(context_);
    stream_ = stub_->AsyncSubscribeStageEvents(&context_, request, &queue_, nullptr);
  }
  ~Subscription() {
    context_.TryCancel();
    if (!finished_) (void)Finish();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  absl::StatusOr<SubscribeStageEventsResponse> Read() {
    if (!started_ && !Wait()) return Finish();
    started_ = true;
    SubscribeStageEventsResponse response;
    stream_->Read(&response, nullptr);
    if (Wait()) return response;
    absl::Status end = Finish();
    // An end that is none of an error is one all the same: whoever watches wants to go on.
    return end.ok() ? absl::UnavailableError("the server ended the subscription") : end;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    const auto end = std::chrono::system_clock::now() + kSilence;
    if (queue_.AsyncNext(&tag, &ok, end) == grpc::CompletionQueue::TIMEOUT) {
      silent_ = true;
      context_.TryCancel();
      queue_.Next(&tag, &ok);
      return false;
    }
    return ok;
  }
  absl::Status Finish() {
    finished_ = true;
    grpc::Status status;
    stream_->Finish(&status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    if (silent_) return absl::UnavailableError("the server says nothing any more");
    return ToStatus(status);
  }

  const std::unique_ptr<StageEventService::Stub> stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReader<SubscribeStageEventsResponse>> stream_;
  bool started_ = false;
  bool finished_ = false;
  bool silent_ = false;
};

class StageEventWatch::State {
 public:
  State(std::shared_ptr<Connection> connection, Server server, SubscribeStageEventsRequest from)
      : connection_(std::move(connection)), server_(server), request_(std::move(from)) {
    // Whoever begins with the oldest takes what is kept; who begins elsewhere misses what is not.
    if (request_.after_sequence() > 0) read_ = request_.after_sequence();
  }

  absl::StatusOr<StageEvent> Next() {
    while (events_.empty()) {
      if (covered_) GoOnAfter(*std::exchange(covered_, std::nullopt));
      absl::StatusOr<SubscribeStageEventsResponse> response = Receive();
      if (response.ok()) {
        failures_ = 0;
        refreshed_ = false;
        if (read_ && response->begin_sequence() > *read_ + 1) {
          const int64_t first = *read_ + 1;
          GoOnAfter(response->begin_sequence() - 1);
          HangUp();
          return EventsLost(first, *read_);
        }
        covered_ = response->read_sequence();
        for (StageEvent& each : *response->mutable_events()) events_.push_back(std::move(each));
        continue;
      }
      HangUp();
      absl::Status error = Await(response.status());
      if (!error.ok()) return error;
    }
    StageEvent next = std::move(events_.front());
    events_.pop_front();
    return next;
  }

  void Cancel() {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    if (call_ != nullptr) call_->Cancel();
  }
  std::optional<int64_t> read_sequence() const { return read_; }

 private:
  void GoOnAfter(int64_t sequence) {
    read_ = sequence;
    request_.set_after_sequence(sequence);
  }

  absl::StatusOr<SubscribeStageEventsResponse> Receive() {
    const auto channel = connection_->ChannelTo(server_);
    if (!channel.ok()) return channel.status();
    Subscription* call = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      if (cancelled_) return absl::CancelledError("the watch was cancelled");
      if (call_ == nullptr) {
        call_ = std::make_unique<Subscription>(*channel, *connection_, request_);
      }
      call = call_.get();
    }
    return call->Read();
  }

  void HangUp() {
    std::unique_ptr<Subscription> ended;
    absl::MutexLock lock(&mutex_);
    ended = std::move(call_);
  }

  // Waits for the next attempt; the error when there is to be none.
  absl::Status Await(const absl::Status& error) {
    if (absl::IsUnauthenticated(error) && !refreshed_ && connection_->Refresh()) {
      refreshed_ = true;
      return absl::OkStatus();
    }
    const auto pause = PauseAfter(error, ++failures_, absl::InfiniteDuration(), Chance());
    absl::MutexLock lock(&mutex_);
    if (cancelled_) return absl::CancelledError("the watch was cancelled");
    if (!pause) return error;
    mutex_.AwaitWithTimeout(absl::Condition(&cancelled_), *pause);
    return absl::OkStatus();
  }

  const std::shared_ptr<Connection> connection_;
  const Server server_;
  SubscribeStageEventsRequest request_;
  std::optional<int64_t> read_;
  std::optional<int64_t> covered_;  // by the response whose events are handed out
  std::deque<StageEvent> events_;
  int failures_ = 0;
  bool refreshed_ = false;
  absl::Mutex mutex_;
  bool cancelled_ = false;              // under mutex_
  std::unique_ptr<Subscription> call_;  // under mutex_; changed by Next's thread alone
};

StageEventWatch::StageEventWatch(std::shared_ptr<Connection> connection, Server server,
                                 SubscribeStageEventsRequest from)
    : state_(std::make_unique<State>(std::move(connection), server, std::move(from))) {}
StageEventWatch::StageEventWatch(StageEventWatch&&) noexcept = default;
StageEventWatch::~StageEventWatch() = default;

absl::StatusOr<StageEvent> StageEventWatch::Next() { return state_->Next(); }
void StageEventWatch::Cancel() { state_->Cancel(); }
std::optional<int64_t> StageEventWatch::read_sequence() const { return state_->read_sequence(); }

}  // namespace crm::pipeline
