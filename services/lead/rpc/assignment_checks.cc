#include "services/lead/rpc/assignment_checks.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/request_checks.h"
#include "services/lead/rpc/assignment_proto.h"

namespace crm::lead {
namespace {

constexpr int kMostDealt = 500;

void CheckTexts(const std::string& path, const auto& texts, size_t most, size_t limit,
                rpc::Validation& v) {
  const int count = std::min(texts.size(), static_cast<int>(most));
  for (int i = 0; i < count; ++i) {
    v.Text(absl::StrCat(path, "[", i, "]"), texts[i], {.max = limit, .presence = rpc::kRequired});
  }
}

void CheckRule(const std::string& path, const v1::AssignmentRule& rule, rpc::Validation& v) {
  v.Text(path + ".name", rule.name(), {.max = rpc::kNameLimit, .presence = rpc::kRequired})
      .Count(path + ".sources", static_cast<size_t>(rule.sources_size()),
             static_cast<size_t>(type::v1::LeadSource_ARRAYSIZE));
  if (!v1::AssignmentWay_IsValid(rule.way())) v.Custom(path + ".way", "must be a known way");
  const int sources =
      std::min(rule.sources_size(), static_cast<int>(type::v1::LeadSource_ARRAYSIZE));
  for (int i = 0; i < sources; ++i) {
    v.Enum(absl::StrCat(path, ".sources[", i, "]"), rule.sources(i),
           type::v1::LeadSource_IsValid(rule.sources(i)), rpc::kRequired);
  }
  CheckTexts(path + ".countries", rule.countries(), kMostCountries, rpc::kNameLimit, v);
  CheckTexts(path + ".team", rule.team(), kMostInTeam, rpc::kIdLimit, v);
}

}  // namespace

void Check(const v1::GetAssignmentRulesRequest& request, rpc::Validation& v) {
  v.Number("revision", request.revision(), 0, std::numeric_limits<int64_t>::max());
}

void Check(const v1::UpdateAssignmentRulesRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
  v.Present("rules", request.has_rules());
  if (!request.has_rules()) return;
  v.Etag("rules.etag", request.rules().etag(), rpc::kOptional);
  const int count = std::min(request.rules().rules_size(), static_cast<int>(kMostRules));
  for (int i = 0; i < count; ++i) {
    CheckRule(absl::StrCat("rules.rules[", i, "]"), request.rules().rules(i), v);
  }
  for (const RulesFault& fault : FaultsOf(FromProto(request.rules()))) {
    v.Custom(absl::StrCat("rules.", fault.field), fault.text);
  }
}

void Check(const v1::ListAssignmentRuleRevisionsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

void Check(const v1::AssignLeadRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kLeads, v);
  v.Text("owner", request.owner(), {.max = rpc::kIdLimit, .presence = rpc::kRequired})
      .Text("reason", request.reason(), {.max = rpc::kTextLimit, .presence = rpc::kRequired});
}

void Check(const v1::AssignLeadsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kLeads, v);
  v.Count("leads", static_cast<size_t>(request.leads_size()), kMostDealt);
  std::set<std::string> seen;
  for (int i = 0; i < std::min(request.leads_size(), kMostDealt); ++i) {
    const std::string path = absl::StrCat("leads[", i, "]");
    v.Name(path, request.leads(i), kLeads, rpc::kRequired);
    if (!seen.insert(request.leads(i)).second) v.Custom(path, "is the same as an earlier one");
  }
  if (request.leads_size() > 0 && !request.filter().empty()) {
    v.Custom("filter", "must not be given beside leads");
  }
}

}  // namespace crm::lead
