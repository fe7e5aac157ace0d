#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <grpcpp/server_context.h>

#include "common/rpc/call_context.h"

namespace crm::rpc {

inline constexpr char kTenantKey[] = "x-crm-tenant";
inline constexpr char kActorKey[] = "x-crm-actor";
inline constexpr char kTraceparentKey[] = "traceparent";

// The context of a call as its metadata tells it, for servers without authentication. Method does
// this itself; streaming methods call it. `method` must outlive the result. A malformed traceparent
// is dropped. Errors: INVALID_ARGUMENT FIELD_INVALID for a malformed tenant or actor, and for any
// x-crm-… that comes more than once.
absl::StatusOr<CallContext> ContextFrom(const grpc::ServerContextBase& context,
                                        absl::string_view method, absl::Time now);

}  // namespace crm::rpc
