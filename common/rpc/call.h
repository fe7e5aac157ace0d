#pragma once

#include <absl/status/status.h>
#include <absl/types/span.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "common/rpc/call_context.h"
#include "common/rpc/executor.h"
#include "common/trace/span.h"

namespace crm::rpc {

class MethodCore;

// The part of a unary call that does not depend on its messages. Owns itself: it lives until gRPC
// and its method are done with it.
class CallBase : public grpc::ServerUnaryReactor, public QueuedCall {
 public:
  const CallContext& context() const { return context_; }
  // Recorded until the call is answered.
  const trace::Span& span() const { return span_; }

  // Answers the call: OK sends the response, anything else the error as status_bridge.h shows it.
  // Exactly once, from any thread; a second answer is logged and dropped.
  void Finish(absl::Status status);
  // Answers OK with an already serialized response; `replayed`: of an earlier call with the same
  // request id, which is counted.
  void FinishSerialized(const std::string& bytes, bool replayed = false);

 protected:
  CallBase(MethodCore& method, grpc::ByteBuffer* answer);
  ~CallBase() override = default;

  google::protobuf::Arena& arena() { return arena_; }

  google::protobuf::Message* response_ = nullptr;

 private:
  friend class MethodCore;

  // state_: one bit "finished", above it the number of holders (gRPC, the method).
  static constexpr uint32_t kFinished = 1;
  static constexpr uint32_t kHolder = 2;
  static constexpr size_t kBlockSize = 1536;

  enum class TenantLimitsSay : uint8_t { kNothing, kOpen, kRefused };

  // The last holder but gRPC to leave an unanswered call makes it answer INTERNAL.
  void Release();
  bool BeginFinish();
  // The last touch of the call unless the caller holds it.
  void Send(grpc::Status status) { grpc::ServerUnaryReactor::Finish(std::move(status)); }
  void OnDone() override { Release(); }
  void OnCancel() override { cancelled.store(true, std::memory_order_relaxed); }
  // Both reactions above are trivial, so gRPC need not hop to another thread for them.
  bool InternalInlineable() override { return true; }

  MethodCore& method_;
  grpc::ByteBuffer* const answer_;
  std::atomic<uint32_t> state_{2 * kHolder};
  CallContext context_;
  const google::protobuf::Message* received_ = nullptr;  // the request, once it is read
  TenantLimitsSay tenant_limits_ = TenantLimitsSay::kNothing;
  trace::Span span_;
  alignas(std::max_align_t) char block_[kBlockSize];
  google::protobuf::Arena arena_;
};

// One unary call. A handler may use it until the handler returns, also after Finish.
template <class Req, class Resp>
class Call final : public CallBase {
 public:
  using Request = Req;
  using Response = Resp;

  Call(MethodCore& method, grpc::ByteBuffer* answer)
      : CallBase(method, answer), request_(google::protobuf::Arena::CreateMessage<Req>(&arena())) {}

  const Req& request() const { return *request_; }
  Resp& response() {
    if (response_ == nullptr) {
      response_ = google::protobuf::Arena::CreateMessage<Resp>(&arena());
    }
    return static_cast<Resp&>(*response_);
  }

 private:
  template <class, class>
  friend class Method;

  Req* const request_;
};

// The calls of one batch; those of a tenant oldest first.
template <class Req, class Resp>
using Calls = absl::Span<Call<Req, Resp>* const>;

}  // namespace crm::rpc
