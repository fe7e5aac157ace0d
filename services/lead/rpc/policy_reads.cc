#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "services/lead/rpc/policy_handlers.h"
#include "services/lead/rpc/policy_proto.h"

namespace crm::lead {
namespace {

// The revision that the page begins after; nothing on the first page.
absl::StatusOr<std::optional<int64_t>> PositionOf(const rpc::PageArguments& bound,
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

}  // namespace

absl::Status GetQualificationPolicy(const Ports& ports, const rpc::CallContext& context,
                                    const v1::GetQualificationPolicyRequest& request,
                                    v1::GetQualificationPolicyResponse& response) {
  PolicyQuestion question{context.tenant, request.revision()};
  if (request.has_as_of_time()) question.time = rpc::TimeFrom(request.as_of_time());
  const auto found = ports.policies.Find(absl::MakeConstSpan(&question, 1), context.deadline);
  if (!found[0].ok()) return found[0].status();
  ToProto(*found[0], *response.mutable_policy());
  return absl::OkStatus();
}

absl::Status ListQualificationPolicyRevisions(
    const Ports& ports, const rpc::CallContext& context,
    const v1::ListQualificationPolicyRevisionsRequest& request,
    v1::ListQualificationPolicyRevisionsResponse& response) {
  const rpc::PageArguments bound{context.method, context.tenant};
  CRM_ASSIGN_OR_RETURN(const auto before, PositionOf(bound, request.page_token()));
  const int size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(const auto found,
                       ports.policies.List(context.tenant, before, size + 1, context.deadline));
  const size_t shown = std::min(found.size(), static_cast<size_t>(size));
  for (size_t i = 0; i < shown; ++i) ToProto(found[i], *response.add_policies());
  if (found.size() > shown) {
    const std::string position[] = {absl::StrCat(found[shown - 1].policy.revision)};
    response.set_next_page_token(rpc::EncodePageToken(bound, position));
  }
  return absl::OkStatus();
}

}  // namespace crm::lead
