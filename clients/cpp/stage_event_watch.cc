#include "clients/cpp/stage_event_watch.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <utility>

#include "common/rpc/grpc_time.h"
#include "common/rpc/status_bridge.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"

namespace crm::client {

using event::v1::SubscribeStageEventsRequest;
using event::v1::SubscribeStageEventsResponse;

// One subscription, from its begin to its end.
class StageEventWatch::Call {
 public:
  Call(const std::shared_ptr<grpc::Channel>& channel, const Caller& caller,
       const SubscribeStageEventsRequest& request)
      : stub_(event::v1::StageEventService::NewStub(channel)) {
    Identify(context_, caller);
    stream_ = stub_->AsyncSubscribeStageEvents(&context_, request, &queue_, nullptr);
  }
  ~Call() {
    context_.TryCancel();
    if (!finished_) (void)Finish();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  // The next response, or how the call ended.
  absl::StatusOr<SubscribeStageEventsResponse> Read(absl::Duration silence) {
    if (!started_ && !Wait(silence)) return Finish();
    started_ = true;
    SubscribeStageEventsResponse response;
    stream_->Read(&response, nullptr);
    if (Wait(silence)) return response;
    absl::Status end = Finish();
    // An end that is none of an error is one all the same: whoever watches wants to go on.
    return end.ok() ? absl::UnavailableError("the server ended the subscription") : end;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  // For what is under way; false if that fails. After a silence it is given up, and fails.
  bool Wait(absl::Duration silence) {
    void* tag = nullptr;
    bool ok = false;
    const auto end = rpc::ToGrpcTime(base::Deadline::After(silence));
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
    return rpc::FromGrpcStatus(status);
  }

  const std::unique_ptr<event::v1::StageEventService::Stub> stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReader<SubscribeStageEventsResponse>> stream_;
  bool started_ = false;
  bool finished_ = false;
  bool silent_ = false;
};

StageEventWatch::StageEventWatch(Channels channels, Caller caller, Service service,
                                 SubscribeStageEventsRequest request, WatchOptions options,
                                 base::RandomSource random)
    : channels_(std::move(channels)),
      caller_(std::move(caller)),
      service_(service),
      options_(options),
      random_(std::move(random)),
      request_(std::move(request)) {}

StageEventWatch::~StageEventWatch() = default;

void StageEventWatch::Cancel() {
  absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  if (call_ != nullptr) call_->Cancel();
  changed_.SignalAll();
}

// Whether it was not cancelled meanwhile.
bool StageEventWatch::Pause(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  changed_.AwaitUntil(mutex_, base::SteadyNow() + pause, [this] {
    mutex_.AssertHeld();
    return cancelled_;
  });
  return !cancelled_;
}

absl::StatusOr<SubscribeStageEventsResponse> StageEventWatch::Next() {
  if (!channels_.Of(service_)) {
    return absl::FailedPreconditionError(
        absl::StrCat("no address is known for the ", NameOf(service_), " service"));
  }
  while (true) {
    Call* call = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      if (cancelled_) return absl::CancelledError("the watch was cancelled");
      if (call_ == nullptr) {
        ++subscriptions_;
        call_ = std::make_unique<Call>(channels_.Of(service_), caller_, request_);
      }
      call = call_.get();
    }
    absl::StatusOr<SubscribeStageEventsResponse> response = call->Read(options_.silence);
    if (response.ok()) {
      failures_ = 0;
      read_ = response->read_sequence();
      request_.set_after_sequence(*read_);
      return response;
    }
    std::unique_ptr<Call> ended;
    {
      absl::MutexLock lock(&mutex_);
      ended = std::move(call_);
    }
    ended.reset();
    if (failures_++ == 0) first_failure_ = base::SteadyNow();
    const double chance = base::UnitInterval(random_());
    const auto pause = options_.retries.DelayAfter(response.status(), failures_,
                                                   base::SteadyNow() - first_failure_, chance);
    if (!pause.has_value()) return response.status();
    if (!Pause(*pause)) return absl::CancelledError("the watch was cancelled");
  }
}

}  // namespace crm::client
