#include "clients/cpp/async_calls.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/rpc/grpc_time.h"
#include "common/rpc/status_bridge.h"

namespace crm::client {

struct AsyncCalls::Call {
  Service service;
  const std::string* path;
  absl::Duration limit;
  grpc::ByteBuffer request;
  RawHandler done;
  int attempt = 0;
  base::SteadyTime started;
  absl::Status last;
  bool in_flight = false;
  // Of the present attempt.
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
};

AsyncCalls::AsyncCalls(Channels channels, Caller caller, RetryPolicy policy,
                       base::RandomSource random)
    : channels_(std::move(channels)),
      caller_(std::move(caller)),
      policy_(policy),
      random_(std::move(random)) {
  for (int i = 0; i < kServiceCount; ++i) {
    const auto& channel = channels_.Of(static_cast<Service>(i));
    if (channel) stubs_[i] = std::make_unique<grpc::GenericStub>(channel);
  }
}

AsyncCalls::~AsyncCalls() {
  CancelAll();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

AsyncCalls::Call* AsyncCalls::Take() {
  if (free_.empty()) return &calls_.emplace_back();
  Call* call = free_.back();
  free_.pop_back();
  return call;
}

void AsyncCalls::StartRaw(Service service, const std::string& path, absl::Duration limit,
                          grpc::ByteBuffer request, RawHandler done, absl::Duration delay) {
  Call* call = Take();
  call->service = service;
  call->path = &path;
  call->limit = limit;
  call->request.Swap(&request);
  call->done = std::move(done);
  call->attempt = 0;
  call->started = base::SteadyNow();
  ++open_;
  ++counters_.started;
  if (!stubs_[static_cast<int>(service)]) {
    call->last = absl::FailedPreconditionError(
        absl::StrCat("no address is known for the ", NameOf(service), " service"));
    wakes_.push({base::SteadyTime::InfinitePast(), call});
  } else if (delay > absl::ZeroDuration()) {
    wakes_.push({call->started + delay, call});
  } else {
    Send(call);
  }
}

void AsyncCalls::Send(Call* call) {
  ++call->attempt;
  ++counters_.attempts;
  call->last = absl::OkStatus();
  call->context.emplace();
  Identify(*call->context, caller_);
  call->context->set_deadline(rpc::ToGrpcTime(base::Deadline::After(call->limit)));
  call->reader = stubs_[static_cast<int>(call->service)]->PrepareUnaryCall(
      &*call->context, *call->path, call->request, &queue_);
  call->reader->StartCall();
  call->in_flight = true;
  call->reader->Finish(&call->response, &call->status, call);
}

void AsyncCalls::OnAnswer(Call* call) {
  call->in_flight = false;
  if (call->status.ok()) {
    Note(call->service, absl::OkStatus());
    return Finish(call, absl::OkStatus());
  }
  absl::Status status = rpc::FromGrpcStatus(call->status);
  Note(call->service, status);
  const base::SteadyTime now = base::SteadyNow();
  const std::optional<absl::Duration> delay =
      retrying_ ? policy_.DelayAfter(status, call->attempt, now - call->started,
                                     base::UnitInterval(random_()))
                : std::nullopt;
  if (!delay) return Finish(call, std::move(status));
  call->last = std::move(status);
  call->reader.reset();
  call->context.reset();
  wakes_.push({now + *delay, call});
}

void AsyncCalls::Note(Service service, const absl::Status& status) {
  absl::Status& trouble = troubles_[static_cast<int>(service)];
  if (RetryPolicy::IsTransient(status.code())) {
    trouble = status;
    return;
  }
  ++counters_.answers;
  if (!trouble.ok()) trouble = absl::OkStatus();
}

void AsyncCalls::Finish(Call* call, absl::Status status) {
  // The handler may start calls, so this one is taken apart and given back first.
  RawHandler done = std::move(call->done);
  grpc::ByteBuffer response;
  response.Swap(&call->response);
  call->reader.reset();
  call->context.reset();
  call->request.Clear();
  free_.push_back(call);
  --open_;
  done(std::move(status), response);
}

void AsyncCalls::RunWakes(base::SteadyTime now) {
  while (!wakes_.empty() && (wakes_.top().at <= now || !retrying_)) {
    Call* call = wakes_.top().call;
    wakes_.pop();
    const bool addressless = !stubs_[static_cast<int>(call->service)];
    if (!addressless && retrying_) {
      Send(call);
    } else {
      Finish(call, call->last.ok() ? absl::CancelledError("stopped") : std::move(call->last));
    }
  }
}

void AsyncCalls::Poll(base::Deadline until) {
  RunWakes(base::SteadyNow());
  if (!wakes_.empty()) until = std::min(until, base::Deadline(wakes_.top().at));
  void* tag = nullptr;
  bool ok = false;
  auto next = queue_.AsyncNext(&tag, &ok, rpc::ToGrpcTime(until));
  // What is there is handled without looking at the clock; a bound keeps the caller responsive.
  for (int i = 0; next == grpc::CompletionQueue::GOT_EVENT; ++i) {
    OnAnswer(static_cast<Call*>(tag));
    if (i == 256) break;
    next = queue_.AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_MONOTONIC));
  }
  if (!wakes_.empty()) RunWakes(base::SteadyNow());
}

bool AsyncCalls::Awaits(Service service) const {
  return std::any_of(calls_.begin(), calls_.end(), [service](const Call& call) {
    return call.in_flight && call.service == service;
  });
}

void AsyncCalls::StopRetrying() { retrying_ = false; }

void AsyncCalls::CancelAll() {
  retrying_ = false;
  for (Call& call : calls_) {
    if (call.in_flight) call.context->TryCancel();
  }
}

}  // namespace crm::client
