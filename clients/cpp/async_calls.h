#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "clients/cpp/channels.h"
#include "clients/cpp/methods.h"
#include "clients/cpp/payload.h"
#include "clients/cpp/retry_policy.h"
#include "common/base/random.h"
#include "common/base/steady_clock.h"

namespace crm::client {

// Many calls in flight from one thread: Start() sends, Poll() receives and runs the handlers, which
// may start further calls. One thread, no locks; nothing happens outside Poll(). How many calls are
// in flight is the caller's choice.
//
// A request is serialized once; transient failures are tried again by the policy, with the same
// request id, so writes must carry one. Handlers get the last error, with error::Details.
class AsyncCalls {
 public:
  using RawHandler = absl::AnyInvocable<void(absl::Status, const grpc::ByteBuffer&)>;
  using StatusHandler = absl::AnyInvocable<void(absl::Status)>;

  struct Counters {
    int64_t started = 0;   // calls, each counted once
    int64_t attempts = 0;  // sent, retries included
    int64_t answers = 0;   // attempts that ended, and not with a transient error
  };

  // Use channels without retries of their own (Channels::Retries::kNone).
  AsyncCalls(Channels channels, Caller caller, RetryPolicy policy = {},
             base::RandomSource random = base::RandomBits);
  // Cancels what is in flight; no handler is called any more.
  ~AsyncCalls();
  AsyncCalls(const AsyncCalls&) = delete;
  AsyncCalls& operator=(const AsyncCalls&) = delete;

  // `done` gets StatusOr<Response>.
  template <class Request, class Handler>
  void Start(const Request& request, Handler done, absl::Duration delay = {}) {
    StartRaw(
        MethodOf<Request>::kService, MethodOf<Request>::Path(), MethodOf<Request>::kDeadline,
        Pack(request),
        [done = std::move(done)](absl::Status status, const grpc::ByteBuffer& bytes) mutable {
          using Response = ResponseOf<Request>;
          if (!status.ok()) return done(absl::StatusOr<Response>(std::move(status)));
          absl::StatusOr<Response> response{Response()};
          if (!Unpack(bytes, &*response)) {
            response = absl::InternalError("the answer could not be understood");
          }
          done(std::move(response));
        },
        delay);
  }

  // The same for an answer that nobody reads: it is not even parsed.
  template <class Request>
  void StartUnread(const Request& request, StatusHandler done, absl::Duration delay = {}) {
    StartRaw(
        MethodOf<Request>::kService, MethodOf<Request>::Path(), MethodOf<Request>::kDeadline,
        Pack(request),
        [done = std::move(done)](absl::Status status, const grpc::ByteBuffer&) mutable {
          done(std::move(status));
        },
        delay);
  }

  // `path` must outlive the call. `limit` bounds each attempt. `delay`: before the first attempt.
  void StartRaw(Service service, const std::string& path, absl::Duration limit,
                grpc::ByteBuffer request, RawHandler done, absl::Duration delay = {});

  // Waits until something is received, at most until `until`, and handles all that is there.
  void Poll(base::Deadline until);

  // From now on nothing is tried again: what waits for its next attempt fails at once with its last
  // error, what is in flight ends as it ends.
  void StopRetrying();
  // Ends all calls with CANCELLED; Poll() still delivers them.
  void CancelAll();

  size_t open() const { return open_; }  // started and not yet handled
  const Counters& counters() const { return counters_; }
  // The transient error of the service's last attempt; OK when that was answered, or there was
  // none.
  const absl::Status& trouble(Service service) const {
    return troubles_[static_cast<int>(service)];
  }
  // Whether an attempt waits for the service's answer. Looks at all calls.
  bool Awaits(Service service) const;

 private:
  struct Call;
  struct Wake {
    base::SteadyTime at;
    Call* call;
    bool operator<(const Wake& other) const { return at > other.at; }  // earliest on top
  };

  Call* Take();
  void Send(Call* call);
  void OnAnswer(Call* call);
  void Note(Service service, const absl::Status& status);
  void Finish(Call* call, absl::Status status);
  void RunWakes(base::SteadyTime now);

  const Channels channels_;
  const Caller caller_;
  const RetryPolicy policy_;
  const base::RandomSource random_;
  std::array<std::unique_ptr<grpc::GenericStub>, kServiceCount> stubs_;
  grpc::CompletionQueue queue_;
  std::deque<Call> calls_;  // addresses stay; reused through free_
  std::vector<Call*> free_;
  std::priority_queue<Wake> wakes_;
  size_t open_ = 0;
  bool retrying_ = true;
  Counters counters_;
  std::array<absl::Status, kServiceCount> troubles_;
};

}  // namespace crm::client
