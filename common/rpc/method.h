#pragma once

#include <absl/status/status.h>
#include <absl/types/span.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/metrics/registry.h"
#include "common/rpc/call.h"
#include "common/rpc/executor.h"
#include "common/rpc/validation.h"

namespace crm::rpc {

// What all methods of a process share. The executor and the registry must outlive the methods.
struct Binding {
  Executor& executor;
  // ErrorInfo.domain of its errors, e.g. "crm.lead.v1".
  std::string error_domain;
  metrics::Registry& metrics;
};

struct MethodOptions {
  // "crm.lead.v1.LeadService/CreateLead".
  std::string name = {};
  Lane lane = Lane::kRead;
  // Most calls a batch handler gets at once; single handlers always run call by call.
  size_t batch_limit = 32;
};

class MethodMetrics;

// The part of a method that does not depend on its messages.
class MethodCore : public CallQueue {
 public:
  MethodCore(const Binding& binding, const MethodOptions& options, size_t batch_limit);
  ~MethodCore() override;

  const std::string& name() const { return name_; }

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

  void Run(absl::Span<QueuedCall* const> calls, absl::Time now) final;
  void Refuse(QueuedCall* call, Refusal refusal) final;
  // Answers an error, respectively a ready status, and accounts for the call.
  void Answer(CallBase& call, const absl::Status& status) const;
  void Answer(CallBase& call, grpc::Status status, absl::string_view error_id,
              absl::string_view private_text) const;

  const std::string name_;
  const std::string error_domain_;
  Executor& executor_;
  // Made once: refusing must stay cheap when there is most of it to do.
  std::array<grpc::Status, kRefusals> refusals_;
  const std::unique_ptr<MethodMetrics> metrics_;
};

// One unary RPC: context, limits, parsing, validation, queueing, metrics and log line around a
// handler. A service holds one per RPC and overrides the generated raw method in one line:
//
//   class LeadRpc final : public LeadService::WithRawCallbackMethod_GetLead<LeadService::Service> {
//     grpc::ServerUnaryReactor* GetLead(grpc::CallbackServerContext* context,
//                                       const grpc::ByteBuffer* request,
//                                       grpc::ByteBuffer* response) override {
//       return get_lead_.Start(context, request, response);
//     }
//     rpc::Method<GetLeadRequest, Lead> get_lead_;
//   };
//
// Create before the server starts, destroy after the server is shut down and the executor stopped.
// Before a handler sees a request it is well-formed, its texts are UTF-8 without NUL bytes, and the
// validator found nothing to say.
template <class Req, class Resp>
class Method final : public MethodCore {
 public:
  using CallType = Call<Req, Resp>;
  using Calls = absl::Span<CallType* const>;
  // Runs on gRPC's thread and must not block. Empty: nothing to check.
  using Validator = std::function<void(const Req&, Validation&)>;
  // One call at a time, on a worker of the lane; may block.
  using Handler = std::function<absl::Status(const CallContext&, const Req&, Resp&)>;
  // A batch at a time, oldest first; finishes, or keeps, each call on its own.
  using BatchHandler = std::function<void(Calls)>;

  Method(const Binding& binding, const MethodOptions& options, Validator validator, Handler handler)
      : MethodCore(binding, options, 1),
        validator_(std::move(validator)),
        handler_(std::move(handler)) {}
  Method(const Binding& binding, const MethodOptions& options, Validator validator,
         BatchHandler handler)
      : MethodCore(binding, options, options.batch_limit),
        validator_(std::move(validator)),
        batch_handler_(std::move(handler)) {}

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
    auto* call = new CallType(*this, response);
    if (!Receive(*context, *request, *call, call->mutable_request())) return call;
    Validation validation;
    if (validator_) validator_(call->request(), validation);
    if (validation.ok()) {
      Dispatch(*call);
    } else {
      Reject(*call, validation.ToStatus());
    }
    return call;
  }

 private:
  void Handle(absl::Span<QueuedCall* const> calls) override {
    if (handler_) {
      auto& call = static_cast<CallType&>(*calls[0]);
      call.Finish(handler_(call.context(), call.request(), call.response()));
      return;
    }
    static thread_local std::vector<CallType*> batch;
    batch.clear();
    for (QueuedCall* call : calls) batch.push_back(static_cast<CallType*>(call));
    batch_handler_(batch);
  }

  const Validator validator_;
  const Handler handler_;
  const BatchHandler batch_handler_;
};

}  // namespace crm::rpc
