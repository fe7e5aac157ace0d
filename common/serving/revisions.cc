#include "common/serving/revisions.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::serving {
namespace {

rpc::PageArguments Bound(const rpc::CallContext& context, absl::string_view name) {
  return {context.method, context.tenant, name, ""};
}

}  // namespace

absl::StatusOr<int64_t> NumberAfter(const rpc::CallContext& context, absl::string_view name,
                                    absl::string_view page_token) {
  CRM_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                       rpc::DecodePageToken(Bound(context, name), page_token));
  if (position.empty()) return 0;
  int64_t number = 0;
  if (position.size() == 1 && absl::SimpleAtoi(position[0], &number) && number > 0) return number;
  return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                      "The page token is not valid.")
      .Violation("page_token", "must be a next_page_token of the same method");
}

std::string TokenAfter(const rpc::CallContext& context, absl::string_view name, int64_t last) {
  const std::string keys[] = {absl::StrCat(last)};
  return rpc::EncodePageToken(Bound(context, name), keys);
}

}  // namespace crm::serving
