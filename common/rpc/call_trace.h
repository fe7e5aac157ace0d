#pragma once

#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include "common/base/steady_clock.h"
#include "common/rpc/call_context.h"
#include "common/rpc/call_log.h"
#include "common/rpc/executor.h"
#include "common/trace/span.h"

// The spans of served calls.
namespace crm::rpc {

// Begins the call's span below its caller's, and makes it the call's trace context: what the call
// leaves behind and whom it calls is below it.
trace::Span BeginCall(CallContext& context);

// Ends it. Of the errors those that are the server's mark it as failed.
void EndCall(trace::Span& span, const CallEnd& end);

// Begins the span of a batch that is about to be run: below its first recorded call, linked to the
// others. Each of these gets a span for its wait in the queue. Not recorded if none of them is.
// `calls` are CallBases.
trace::Span BeginBatch(absl::string_view method, absl::Span<QueuedCall* const> calls,
                       base::SteadyTime now);

}  // namespace crm::rpc
