#pragma once

#include <absl/status/status.h>
#include <absl/types/span.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/metrics/registry.h"
#include "common/rpc/admission.h"
#include "common/rpc/call.h"
#include "common/rpc/executor.h"
#include "common/rpc/status_bridge.h"
#include "common/rpc/validation.h"

namespace crm::rpc {

class AccessSink;
class MethodMetrics;
class TenantCalls;
class TenantLimits;

// What all methods of a process share, and what must outlive them.
struct Binding {
  Executor& executor;
  // ErrorInfo.domain of its errors, e.g. "crm.lead.v1".
  std::string error_domain;
  metrics::Registry& metrics;
  TenantCalls* tenants = nullptr;  // counts calls by tenant, where wanted
  TenantLimits* limits = nullptr;  // of calls by tenant, where there are any
  AccessSink* accesses = nullptr;  // hears of personal data that are shown, where wanted
  const Admission* admission = &Admission::Open();
};

// The part of a method that does not depend on its messages: context, limits, parsing, queueing,
// metrics and log line around a handler. Made by a Service; destroyed after the server is shut down
// and the executor stopped.
class MethodCore : public CallQueue {
 public:
  // `batch_limit`: how many calls the handler gets at most.
  MethodCore(const Binding& binding, const google::protobuf::MethodDescriptor& descriptor,
             Lane lane, size_t batch_limit);
  ~MethodCore() override;

  // "crm.lead.v1.LeadService/CreateLead".
  absl::string_view name() const { return absl::string_view(path_).substr(1); }
  // The same after a slash, as in the request's head.
  const std::string& path() const { return path_; }
  const google::protobuf::MethodDescriptor& descriptor() const { return descriptor_; }

  // On gRPC's thread: takes in one call.
  virtual grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) = 0;

 protected:
  // On gRPC's thread: reads context, deadline and message. False: it is answered already.
  bool Receive(const grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes,
               CallBase& call, google::protobuf::Message& request);
  // Queues a received call, or answers it with a refusal.
  void Dispatch(CallBase& call);
  // Answers a received call that will not be queued.
  void Reject(CallBase& call, const absl::Status& status);
  // Runs the handler for the batch; may throw.
  virtual void Handle(absl::Span<QueuedCall* const> calls) = 0;

 private:
  friend class CallBase;

  void Run(absl::Span<QueuedCall* const> calls, base::SteadyTime now) final;
  void Refuse(QueuedCall* call, Refusal refusal) final;
  // Whether its tenant may call now; if not, the call is answered.
  bool MayCall(const CallContext& context, CallBase& call);
  void TellOfAccess(const CallBase& call) const;
  void CountReplay();
  // Answers an error.
  void Answer(CallBase& call, const absl::Status& status) const;
  // Sends the answer and accounts for the call.
  void Answer(CallBase& call, PublicStatus answer) const;

  const google::protobuf::MethodDescriptor& descriptor_;
  const std::string path_;
  const std::string error_domain_;
  const Admission& admission_;
  const MethodAccess access_;
  Executor& executor_;
  // Made once: refusing must stay cheap when there is most of it to do.
  std::array<PublicStatus, kRefusals> refusals_;
  const std::unique_ptr<MethodMetrics> metrics_;
  TenantCalls* const tenants_;
  TenantLimits* const limits_;
  AccessSink* const accesses_;  // nullptr as well where no personal data are shown
};

// One unary RPC. Before its handler sees a request it is well-formed, its texts are UTF-8 without
// NUL bytes, and the check found nothing to say.
template <class Req, class Resp>
class Method final : public MethodCore {
 public:
  // Runs on gRPC's thread and must not block. nullptr: nothing to check.
  using CheckFunction = void (*)(const Req&, Validation&);
  // Runs on a worker of the lane, may block; finishes each call on its own.
  using Handler = std::function<void(Calls<Req, Resp>)>;

  Method(const Binding& binding, const google::protobuf::MethodDescriptor& descriptor, Lane lane,
         size_t batch_limit, CheckFunction check, Handler handler)
      : MethodCore(binding, descriptor, lane, batch_limit),
        check_(check),
        handler_(std::move(handler)) {}

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override {
    auto* call = new Call<Req, Resp>(*this, response);
    if (!Receive(*context, *request, *call, *call->request_)) return call;
    Validation validation(call->context().arrival);
    if (check_ != nullptr) check_(call->request(), validation);
    if (validation.ok()) {
      Dispatch(*call);
    } else {
      Reject(*call, validation.ToStatus());
    }
    return call;
  }

 private:
  void Handle(absl::Span<QueuedCall* const> calls) override {
    static thread_local std::vector<Call<Req, Resp>*> batch;
    batch.clear();
    for (QueuedCall* call : calls) batch.push_back(static_cast<Call<Req, Resp>*>(call));
    handler_(batch);
  }

  const CheckFunction check_;
  const Handler handler_;
};

}  // namespace crm::rpc
