#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <grpcpp/server_context.h>

#include <vector>

#include "common/rpc/call_context.h"

namespace crm::rpc {

inline constexpr char kTenantKey[] = "x-crm-tenant";
inline constexpr char kActorKey[] = "x-crm-actor";
inline constexpr char kTraceparentKey[] = "traceparent";
inline constexpr char kAuthorizationKey[] = "authorization";

// What a call says of itself.
struct CallMetadata {
  CallContext context;  // tenant and actor as they are stated
  bool names_tenant = false;
  std::vector<absl::string_view> authorizations;  // point into the call's metadata
  // Why what it states cannot be believed: INVALID_ARGUMENT FIELD_INVALID for a malformed tenant or
  // actor, and for any x-crm-… that comes more than once. Told only to who may know it.
  absl::Status problem;
};

// Reads the metadata and believes it: for Admission alone. `method` must outlive the result. A
// malformed traceparent is dropped.
CallMetadata ReadMetadata(const grpc::ServerContextBase& context, absl::string_view method,
                          absl::Time now);

}  // namespace crm::rpc
