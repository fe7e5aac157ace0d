#include "common/rpc/call_trace.h"

#include <absl/strings/str_cat.h>

#include "common/rpc/call.h"
#include "common/rpc/status_bridge.h"
#include "common/trace/causes.h"

namespace crm::rpc {
namespace {

// As OpenTelemetry's conventions for gRPC servers have it.
bool IsServersFault(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    default:
      return false;
  }
}

}  // namespace

trace::Span BeginCall(CallContext& context) {
  trace::Span span =
      trace::Begin(context.method, {.kind = trace::Kind::kServer, .parent = context.traceparent});
  if (!span.recorded()) return span;
  span.Set("rpc.system", "grpc");
  span.Set("crm.tenant", context.tenant);
  context.traceparent = span.traceparent();
  return span;
}

void EndCall(trace::Span& span, const CallEnd& end) {
  if (!span.recorded()) return;
  span.Set("rpc.grpc.status_code", static_cast<int64_t>(end.code));
  if (!end.reason.empty()) span.Set("error.type", end.reason);
  if (IsServersFault(end.code)) span.Fail(CodeName(end.code));
  span.End();
}

trace::Span BeginBatch(absl::string_view method, absl::Span<QueuedCall* const> calls,
                       base::SteadyTime now) {
  trace::Causes causes;
  for (const QueuedCall* queued : calls) {
    const auto& call = static_cast<const CallBase&>(*queued);
    if (!call.span().recorded()) continue;
    trace::Begin("queue", {.parent = call.context().traceparent, .age = now - call.arrival});
    causes.Add(call.context().traceparent);
  }
  trace::Span span = causes.Begin(absl::StrCat("batch ", method));
  span.Set("crm.batch.size", static_cast<int64_t>(calls.size()));
  return span;
}

}  // namespace crm::rpc
