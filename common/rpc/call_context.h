#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <string>

#include "common/base/steady_clock.h"

namespace crm::rpc {

// Who calls, until when, and as part of which trace. A value; copy it to outlive the call.
struct CallContext {
  // Letters, digits and . _ @ : - only; never empty. Tenant at most 64, actor at most 128.
  std::string tenant = "default";
  std::string actor = "anonymous";
  // Whether the caller may see every tenant, where the method has such a view.
  bool all_tenants = false;
  // Whether a neighbour calls on behalf of the tenant, whose own call was counted there: it does
  // not count against the tenant's limits again.
  bool trusted_peer = false;
  // When the caller stops waiting; Deadline::None() when it named no deadline.
  base::Deadline deadline = base::Deadline::None();
  // When the call reached this process, by the wall clock: for dates, not for waiting.
  absl::Time arrival = {};
  // W3C trace context as received, or empty.
  std::string traceparent = {};
  // "crm.lead.v1.LeadService/CreateLead". Points into the Method, which outlives every call.
  absl::string_view method = {};
};

// Limits of the identities in metadata.
inline constexpr size_t kMaxTenantSize = 64;
inline constexpr size_t kMaxActorSize = 128;

// Whether `text` is 1..max_size characters of [A-Za-z0-9._@:-].
bool IsIdentity(absl::string_view text, size_t max_size);
// Whether `text` is a W3C traceparent of version 00.
bool IsTraceparent(absl::string_view text);

}  // namespace crm::rpc
