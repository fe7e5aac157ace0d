#include "common/rpc/stream_method.h"

#include <absl/strings/str_cat.h>

#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/rpc/call_log.h"
#include "common/rpc/call_trace.h"
#include "common/rpc/executor.h"
#include "common/rpc/message_text.h"
#include "common/rpc/method.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/refusal_status.h"
#include "common/rpc/status_bridge.h"
#include "common/rpc/tenant_calls.h"
#include "common/rpc/tenant_limits.h"

namespace crm::rpc {

void StreamCall::Write(grpc::ByteBuffer message) {
  if (!opened_.has_value()) opened_ = method_.executor_.Now();
  message_.Swap(&message);
  StartWrite(&message_);
}

void StreamCall::End(const absl::Status& status) { method_.Ended(*this, status); }

StreamMethodCore::StreamMethodCore(const Binding& binding,
                                   const google::protobuf::MethodDescriptor& descriptor)
    : descriptor_(descriptor),
      path_(absl::StrCat("/", descriptor.service()->full_name(), "/", descriptor.name())),
      error_domain_(binding.error_domain),
      admission_(*binding.admission),
      access_(AccessOf(descriptor, name())),
      executor_(binding.executor),
      metrics_(std::make_unique<MethodMetrics>(binding.metrics, name())),
      tenants_(binding.tenants),
      limits_(binding.limits) {}

StreamMethodCore::~StreamMethodCore() = default;

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamMethodCore::Start(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  auto* const call = new StreamCall(*this, *context);
  absl::Status status = Admit(*call);
  if (status.ok()) {
    absl::StatusOr<std::unique_ptr<StreamSource>> source = Open(*request, *call);
    status = source.status();
    // Nothing of the call reaches its source before gRPC has the reactor that is returned here.
    if (source.ok()) call->source_ = *std::move(source);
  }
  if (!status.ok()) call->End(status);
  return call;
}

absl::Status StreamMethodCore::Admit(StreamCall& call) {
  call.arrival_ = executor_.Now();
  call.context_.method = name();
  absl::StatusOr<CallContext> admitted =
      admission_.Admit(call.server_, access_, base::SystemClock::Instance().Now());
  if (limits_ != nullptr && admitted.ok() && !admitted->trusted_peer) {
    if (const auto refused = limits_->Enter(admitted->tenant, call.arrival_)) {
      call.context_ = *std::move(admitted);
      metrics_->Refused(refused->why);
      return RefusalStatus(refused->why, refused->retry_after);
    }
    limits_->Leave(admitted->tenant);
  }
  metrics_->Started();
  call.counted_ = true;
  if (!admitted.ok()) {
    call.context_.tenant.clear();
    call.context_.actor.clear();
    return admitted.status();
  }
  call.context_ = *std::move(admitted);
  call.span_ = BeginCall(call.context_);
  return absl::OkStatus();
}

absl::Status StreamMethodCore::Parse(const grpc::ByteBuffer& bytes,
                                     google::protobuf::Message& request) {
  bool suspicious = false;
  if (!ParseMessage(bytes, &request, &suspicious)) return UnparsableStatus(request);
  if (!suspicious) return absl::OkStatus();
  const auto violations = TextViolations(request);
  return violations.empty() ? absl::OkStatus() : FieldsInvalid(violations);
}

// How long it took is, for the metrics, how long the caller waited for the first message: how long
// it listened says nothing of the service.
void StreamMethodCore::Ended(StreamCall& call, const absl::Status& status) {
  PublicStatus answer = status.ok() ? PublicStatus() : ToPublicStatus(status, error_domain_);
  const base::SteadyTime now = executor_.Now();
  const CallEnd end{answer.status.error_code(), now - call.arrival_, answer.reason, answer.error_id,
                    answer.private_text};
  if (call.counted_) metrics_->Handled(end.code, call.opened_.value_or(now) - call.arrival_);
  if (tenants_ != nullptr) tenants_->Count(call.context_.tenant, end.code);
  LogCall(call.context_, end, now);
  EndCall(call.span_, end);
  call.Finish(std::move(answer.status));
}

}  // namespace crm::rpc
