#include "services/lead/rpc/policy_checks.h"

#include <limits>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/request_checks.h"
#include "services/lead/rpc/policy_proto.h"

namespace crm::lead {

void Check(const v1::GetQualificationPolicyRequest& request, rpc::Validation& v) {
  v.Number("revision", request.revision(), 0, std::numeric_limits<int64_t>::max())
      .TimestampField("as_of_time", request.has_as_of_time(), request.as_of_time(), rpc::kOptional);
  if (request.revision() != 0 && request.has_as_of_time()) {
    v.Custom("as_of_time", "must not be given beside revision");
  }
}

void Check(const v1::UpdateQualificationPolicyRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
  v.Present("policy", request.has_policy());
  if (!request.has_policy()) return;
  v.Etag("policy.etag", request.policy().etag(), rpc::kOptional);
  CheckPolicy("policy", request.policy(), v);
}

void Check(const v1::ListQualificationPolicyRevisionsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

void CheckPolicy(absl::string_view path, const v1::QualificationPolicy& policy,
                 rpc::Validation& v) {
  const std::string rules = absl::StrCat(path, ".rules");
  v.Count(rules, static_cast<size_t>(policy.rules_size()), std::size(kCriteria), 1);
  std::set<int> seen;
  bool sound = true;
  const int most = std::min(policy.rules_size(), static_cast<int>(std::size(kCriteria)));
  for (int i = 0; i < most; ++i) {
    const v1::CriterionRule& rule = policy.rules(i);
    const std::string at = absl::StrCat(rules, "[", i, "].criterion");
    v.Enum(at, rule.criterion(), v1::Criterion_IsValid(rule.criterion()), rpc::kRequired);
    if (seen.insert(rule.criterion()).second) continue;
    v.Custom(at, "must be the only rule of its criterion");
    sound = false;
  }
  if (!sound || policy.rules_size() == 0) return;
  for (const PolicyFault& fault : FaultsOf(FromProto(policy))) {
    v.Custom(absl::StrCat(path, ".", fault.field), fault.text);
  }
}

}  // namespace crm::lead
