#include "common/rpc/method.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <exception>

#include "common/base/clock.h"
#include "common/log/log.h"
#include "common/rpc/access_sink.h"
#include "common/rpc/call_log.h"
#include "common/rpc/call_trace.h"
#include "common/rpc/message_text.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/refusal_status.h"
#include "common/rpc/tenant_calls.h"
#include "common/rpc/tenant_limits.h"

namespace crm::rpc {

MethodCore::MethodCore(const Binding& binding, const google::protobuf::MethodDescriptor& descriptor,
                       Lane lane, size_t batch_limit)
    : CallQueue(lane, batch_limit),
      descriptor_(descriptor),
      path_(absl::StrCat("/", descriptor.service()->full_name(), "/", descriptor.name())),
      error_domain_(binding.error_domain),
      admission_(*binding.admission),
      access_(AccessOf(descriptor, name())),
      executor_(binding.executor),
      metrics_(std::make_unique<MethodMetrics>(binding.metrics, name())),
      tenants_(binding.tenants),
      limits_(binding.limits),
      accesses_(ShowsPersonalData(access_) ? binding.accesses : nullptr) {
  for (size_t i = 0; i < kRefusals; ++i) {
    refusals_[i] = ToPublicStatus(RefusalStatus(static_cast<Refusal>(i)), error_domain_);
  }
}

MethodCore::~MethodCore() = default;

bool MethodCore::Receive(const grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes,
                         CallBase& call, google::protobuf::Message& request) {
  const base::SteadyTime now = executor_.Now();
  call.arrival = now;
  call.context_.method = name();
  absl::StatusOr<CallContext> read =
      admission_.Admit(context, access_, base::SystemClock::Instance().Now());
  if (limits_ != nullptr && read.ok() && !read->trusted_peer && !MayCall(*read, call)) {
    return false;
  }
  metrics_->Started();
  if (!read.ok()) {
    // Neither the log nor the counters are to say that somebody called who was not let in.
    call.context_.tenant.clear();
    call.context_.actor.clear();
    Reject(call, read.status());
    return false;
  }
  call.context_ = *std::move(read);
  call.span_ = BeginCall(call.context_);
  call.deadline = call.context_.deadline;
  if (call.deadline <= now) {
    Refuse(&call, Refusal::kDeadlinePassed);
    return false;
  }
  // Before the message is parsed: work for calls that are refused anyway starves the others.
  if (const auto refusal = executor_.WouldRefuse(lane(), call.context_.tenant, now)) {
    Refuse(&call, *refusal);
    return false;
  }
  bool suspicious = false;
  if (!ParseMessage(bytes, &request, &suspicious)) {
    Reject(call, UnparsableStatus(request));
    return false;
  }
  if (suspicious) {
    if (const auto violations = TextViolations(request); !violations.empty()) {
      Reject(call, FieldsInvalid(violations));
      return false;
    }
  }
  call.received_ = &request;
  call.bytes = sizeof(CallBase) + bytes.Length();
  // They would be kept until the call is answered, beside the message that was made of them. gRPC
  // made the buffer for this call alone.
  const_cast<grpc::ByteBuffer&>(bytes).Clear();
  return true;
}

// What is refused here is no call that the service should have answered, so it counts as a refusal
// alone.
bool MethodCore::MayCall(const CallContext& context, CallBase& call) {
  const auto refused = limits_->Enter(context.tenant, call.arrival);
  if (!refused) {
    call.tenant_limits_ = CallBase::TenantLimitsSay::kOpen;
    return true;
  }
  call.context_ = context;
  call.tenant_limits_ = CallBase::TenantLimitsSay::kRefused;
  metrics_->Refused(refused->why);
  Reject(call, RefusalStatus(refused->why, refused->retry_after));
  return false;
}

void MethodCore::Dispatch(CallBase& call) {
  Refusal refusal;
  if (!executor_.Submit(*this, call.context_.tenant, &call, &refusal)) Refuse(&call, refusal);
}

void MethodCore::Reject(CallBase& call, const absl::Status& status) {
  call.Finish(status);
  call.Release();
}

void MethodCore::Run(absl::Span<QueuedCall* const> calls, base::SteadyTime now) {
  base::SteadyTime oldest = now;
  for (const QueuedCall* call : calls) oldest = std::min(oldest, call->arrival);
  metrics_->Batch(calls.size(), now - oldest);
  const trace::Span batch = trace::Enabled() ? BeginBatch(name(), calls, now) : trace::Span();
  const trace::Active active(batch);
  try {
    Handle(calls);
  } catch (const std::exception& problem) {
    log::Error("handler threw", {{"method", name()}, {"error", problem.what()}});
  } catch (...) {
    log::Error("handler threw", {{"method", name()}, {"error", "not a std::exception"}});
  }
  for (QueuedCall* call : calls) static_cast<CallBase*>(call)->Release();
}

void MethodCore::Refuse(QueuedCall* queued, Refusal refusal) {
  auto& call = static_cast<CallBase&>(*queued);
  metrics_->Refused(refusal);
  if (call.BeginFinish()) Answer(call, refusals_[static_cast<size_t>(refusal)]);
  call.Release();
}

void MethodCore::TellOfAccess(const CallBase& call) const {
  const CallContext& context = call.context();
  if (call.response_ == nullptr || !accesses_->Wants(context.tenant)) return;
  std::vector<std::string> names = NamesShown(*call.received_, *call.response_);
  if (names.empty()) return;
  accesses_->Take(
      {context.tenant, context.arrival, context.actor, std::string(name()), std::move(names)});
}

void MethodCore::CountReplay() { metrics_->Replayed(); }

void MethodCore::Answer(CallBase& call, const absl::Status& status) const {
  Answer(call, ToPublicStatus(status, error_domain_));
}

void MethodCore::Answer(CallBase& call, PublicStatus answer) const {
  const base::SteadyTime now = executor_.Now();
  const CallEnd end{answer.status.error_code(), now - call.arrival, answer.reason, answer.error_id,
                    answer.private_text};
  using enum CallBase::TenantLimitsSay;
  if (call.tenant_limits_ != kRefused) metrics_->Handled(end.code, end.took);
  if (call.tenant_limits_ == kOpen) limits_->Leave(call.context().tenant);
  if (tenants_ != nullptr) tenants_->Count(call.context().tenant, end.code);
  if (accesses_ != nullptr && end.code == grpc::StatusCode::OK) TellOfAccess(call);
  LogCall(call.context(), end, now);
  EndCall(call.span_, end);
  call.Send(std::move(answer.status));
}

}  // namespace crm::rpc
