#include "common/rpc/metadata.h"

#include <absl/strings/str_cat.h>

#include "common/rpc/validation.h"

namespace crm::rpc {
namespace {

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

absl::Status Malformed(const char* key, size_t max_size) {
  const error::FieldViolation violation{
      key, absl::StrCat("must be 1 to ", max_size,
                        " characters of A-Z a-z 0-9 . _ @ : - in the metadata")};
  return FieldsInvalid({&violation, 1});
}

}  // namespace

absl::StatusOr<CallContext> ContextFrom(const grpc::ServerContextBase& context,
                                        absl::string_view method, absl::Time now) {
  CallContext result;
  result.arrival = now;
  result.method = method;
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) != 0) {
    const gpr_timespec wall = gpr_convert_clock_type(deadline, GPR_CLOCK_REALTIME);
    result.deadline = absl::FromUnixSeconds(wall.tv_sec) + absl::Nanoseconds(wall.tv_nsec);
  }
  for (const auto& [key, value] : context.client_metadata()) {
    const absl::string_view name = View(key);
    const absl::string_view text = View(value);
    if (name == kTenantKey) {
      if (!IsIdentity(text, kMaxTenantSize)) return Malformed(kTenantKey, kMaxTenantSize);
      result.tenant.assign(text.data(), text.size());
    } else if (name == kActorKey) {
      if (!IsIdentity(text, kMaxActorSize)) return Malformed(kActorKey, kMaxActorSize);
      result.actor.assign(text.data(), text.size());
    } else if (name == kTraceparentKey && IsTraceparent(text)) {
      result.traceparent.assign(text.data(), text.size());
    }
  }
  return result;
}

}  // namespace crm::rpc
