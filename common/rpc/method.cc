#include "common/rpc/method.h"

#include <absl/strings/str_cat.h>

#include <exception>

#include "common/error/error.h"
#include "common/log/log.h"
#include "common/rpc/message_text.h"
#include "common/rpc/metadata.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/status_bridge.h"
#include "common/rpc/tenant_calls.h"

namespace crm::rpc {
namespace {

constexpr absl::Duration kRetryAfter = absl::Milliseconds(250);

absl::Status RefusalStatus(Refusal refusal) {
  switch (refusal) {
    case Refusal::kDeadlinePassed:
      return error::DeadlinePassed().With("where", "queue");
    case Refusal::kStopped:
      return error::Unavailable(error::kOverloaded, "The server is stopping.", kRetryAfter)
          .With("cause", RefusalName(refusal));
    case Refusal::kCancelled:
      return error::Error(absl::StatusCode::kCancelled, error::kDeadlinePassed,
                          "The caller has gone away.");
    default:
      return error::Error(absl::StatusCode::kResourceExhausted, error::kOverloaded,
                          "The service is overloaded. Try again later.")
          .With("cause", RefusalName(refusal))
          .RetryAfter(kRetryAfter);
  }
}

log::Level LevelOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:  // counted; lines would add to the overload
      return log::Level::kDebug;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DATA_LOSS:
      return log::Level::kError;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return log::Level::kWarning;
    default:
      return log::Level::kInfo;
  }
}

// The trace id is characters 3 to 34 of a traceparent.
absl::string_view TraceId(absl::string_view traceparent) {
  return traceparent.empty() ? traceparent : traceparent.substr(3, 32);
}

void LogCall(const CallContext& context, grpc::StatusCode code, absl::Duration took,
             absl::string_view error_id, absl::string_view private_text) {
  const log::Level level = LevelOf(code);
  if (!log::Enabled(level)) return;
  std::vector<log::Field> fields = {{"method", context.method},
                                    {"code", CodeName(code)},
                                    {"tenant", absl::string_view(context.tenant)},
                                    {"seconds", took}};
  if (!context.traceparent.empty()) fields.push_back({"trace", TraceId(context.traceparent)});
  if (!error_id.empty()) fields.push_back({"error_id", error_id});
  if (!private_text.empty()) fields.push_back({"error", private_text});
  log::Write(level, "call", fields);
}

}  // namespace

MethodCore::MethodCore(const Binding& binding, const google::protobuf::MethodDescriptor& descriptor,
                       Lane lane, size_t batch_limit)
    : CallQueue(lane, batch_limit),
      descriptor_(descriptor),
      path_(absl::StrCat("/", descriptor.service()->full_name(), "/", descriptor.name())),
      error_domain_(binding.error_domain),
      executor_(binding.executor),
      metrics_(std::make_unique<MethodMetrics>(binding.metrics, name())),
      tenants_(binding.tenants) {
  for (size_t i = 0; i < kRefusals; ++i) {
    refusals_[i] = ToPublicStatus(RefusalStatus(static_cast<Refusal>(i)), error_domain_).status;
  }
}

MethodCore::~MethodCore() = default;

bool MethodCore::Receive(const grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes,
                         CallBase& call, google::protobuf::Message& request) {
  metrics_->Started();
  const absl::Time now = executor_.clock().Now();
  call.context_.arrival = now;
  call.context_.method = name();
  absl::StatusOr<CallContext> read = ContextFrom(context, name(), now);
  if (!read.ok()) {
    Reject(call, read.status());
    return false;
  }
  call.context_ = *std::move(read);
  call.arrival = now;
  call.deadline = call.context_.deadline;
  if (call.deadline <= now) {
    Refuse(&call, Refusal::kDeadlinePassed);
    return false;
  }
  // Before the message is parsed: work for calls that are refused anyway starves the others.
  if (!executor_.Admits(lane(), now)) {
    Refuse(&call, Refusal::kQueueFull);
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
  call.bytes = sizeof(CallBase) + bytes.Length();
  // They would be kept until the call is answered, beside the message that was made of them. gRPC
  // made the buffer for this call alone.
  const_cast<grpc::ByteBuffer&>(bytes).Clear();
  return true;
}

void MethodCore::Dispatch(CallBase& call) {
  Refusal refusal;
  if (!executor_.Submit(*this, &call, &refusal)) Refuse(&call, refusal);
}

void MethodCore::Reject(CallBase& call, const absl::Status& status) {
  call.Finish(status);
  call.Release();
}

void MethodCore::Run(absl::Span<QueuedCall* const> calls, absl::Time now) {
  metrics_->Batch(calls.size(), now - calls[0]->arrival);
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
  if (call.BeginFinish()) Answer(call, refusals_[static_cast<size_t>(refusal)], "", "");
  call.Release();
}

void MethodCore::CountReplay() { metrics_->Replayed(); }

void MethodCore::Answer(CallBase& call, const absl::Status& status) const {
  PublicStatus answer = ToPublicStatus(status, error_domain_);
  Answer(call, std::move(answer.status), answer.error_id, answer.private_text);
}

void MethodCore::Answer(CallBase& call, grpc::Status status, absl::string_view error_id,
                        absl::string_view private_text) const {
  const absl::Duration took = executor_.clock().Now() - call.context().arrival;
  metrics_->Handled(status.error_code(), took);
  if (tenants_ != nullptr) tenants_->Count(call.context().tenant, status.error_code());
  LogCall(call.context(), status.error_code(), took, error_id, private_text);
  call.Send(std::move(status));
}

}  // namespace crm::rpc
