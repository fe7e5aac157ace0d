#include "services/lead/rpc/revision_proto.h"

#include "absl/strings/numbers.h"
#include "common/error/error.h"

namespace crm::lead {

absl::StatusOr<std::optional<int64_t>> RevisionBefore(const rpc::PageArguments& bound,
                                                      const std::string& token) {
  CRM_ASSIGN_OR_RETURN(const auto keys, rpc::DecodePageToken(bound, token));
  if (keys.empty()) return std::optional<int64_t>();
  int64_t revision = 0;
  if (keys.size() != 1 || !absl::SimpleAtoi(keys[0], &revision) || revision < 1) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  return std::optional(revision);
}

}  // namespace crm::lead
