#include "common/rpc/metadata.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "common/error/error.h"
#include "common/rpc/grpc_time.h"
#include "common/rpc/validation.h"

namespace crm::rpc {
namespace {

constexpr absl::string_view kOwnPrefix = "x-crm-";

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

absl::Status Identify(const char* key, absl::string_view text, size_t max_size,
                      std::string& identity) {
  if (IsIdentity(text, max_size)) {
    identity.assign(text.data(), text.size());
    return absl::OkStatus();
  }
  const error::FieldViolation violation{
      key, absl::StrCat("must be 1 to ", max_size,
                        " characters of A-Z a-z 0-9 . _ @ : - in the metadata")};
  return FieldsInvalid({&violation, 1});
}

// Which of them counts is not ours to guess: a proxy may have added its own to a forged one.
absl::Status Repeated(absl::string_view key) {
  return error::FieldInvalid(key, "must be given once in the metadata");
}

}  // namespace

CallMetadata ReadMetadata(const grpc::ServerContextBase& context, absl::string_view method,
                          absl::Time now) {
  CallMetadata metadata;
  CallContext& result = metadata.context;
  result.arrival = now;
  result.method = method;
  result.deadline = FromGrpcTime(context.raw_deadline());
  absl::string_view previous;  // equal keys follow each other
  for (const auto& [key, value] : context.client_metadata()) {
    const absl::string_view name = View(key);
    const absl::string_view text = View(value);
    if (name == previous && absl::StartsWith(name, kOwnPrefix)) {
      metadata.problem.Update(Repeated(name));
    }
    previous = name;
    if (name == kTenantKey) {
      metadata.problem.Update(Identify(kTenantKey, text, kMaxTenantSize, result.tenant));
      metadata.names_tenant = true;
    } else if (name == kActorKey) {
      metadata.problem.Update(Identify(kActorKey, text, kMaxActorSize, result.actor));
    } else if (name == kTraceparentKey && IsTraceparent(text)) {
      result.traceparent.assign(text.data(), text.size());
    } else if (name == kAuthorizationKey) {
      metadata.authorizations.push_back(text);
    }
  }
  return metadata;
}

}  // namespace crm::rpc
