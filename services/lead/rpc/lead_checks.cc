#include "services/lead/rpc/lead_checks.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/rpc/field_mask.h"
#include "common/rpc/record_checks.h"
#include "common/rpc/request_checks.h"
#include "common/serving/revisions.h"
#include "services/lead/domain/lead.h"
#include "services/lead/rpc/policy_checks.h"

namespace crm::lead {
namespace {

using rpc::kIdLimit;
using rpc::kNameLimit;
using rpc::kOptional;
using rpc::kRequired;
using rpc::kTextLimit;

constexpr rpc::MaskPath kMutableFields[] = {
    {"owner"},         {"source"},
    {"source_detail"}, {"interests"},
    {"buying_role"},   {"external_id"},
    {"next_step"},     {"attributes"},
    {"organization"},  {"contact", rpc::Mutability::kImmutable},
};

constexpr rpc::MaskPath kActivityFields[] = {{"type"}, {"direction"}, {"occur_time"}, {"summary"}};

template <class Req>
void CheckCommon(const Req& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kLeads, v);
}

void CheckSettable(const v1::Lead& lead, rpc::Validation& v) {
  v.Text("lead.owner", lead.owner(), {.max = kIdLimit})
      .Enum("lead.source", lead.source(), type::v1::LeadSource_IsValid(lead.source()), kOptional)
      .Text("lead.source_detail", lead.source_detail(), {.max = kNameLimit})
      .Enum("lead.buying_role", lead.buying_role(),
            type::v1::BuyingRole_IsValid(lead.buying_role()), kOptional)
      .Text("lead.external_id", lead.external_id(), {.max = kIdLimit});
  v.Name("lead.organization", lead.organization(), "contacts", kOptional);
  rpc::CheckInterests("lead.interests", lead.interests(), v);
  rpc::CheckNextStep("lead.next_step", lead.next_step(), v);
  rpc::CheckAttributes("lead.attributes", lead.attributes(), v);
}

void CheckActivity(absl::string_view path, const v1::Activity& activity, rpc::Validation& v) {
  const auto at = [path](const char* field) { return absl::StrCat(path, ".", field); };
  const bool note = activity.type() == v1::ACTIVITY_TYPE_NOTE;
  v.Enum(at("type"), activity.type(), v1::ActivityType_IsValid(activity.type()), kRequired)
      .Enum(at("direction"), activity.direction(),
            v1::ActivityDirection_IsValid(activity.direction()), note ? kOptional : kRequired)
      .TimestampField(at("occur_time"), activity.has_occur_time(), activity.occur_time(), kOptional)
      .Text(at("summary"), activity.summary(), {.max = kTextLimit});
  if (note && activity.direction() != v1::ACTIVITY_DIRECTION_UNSPECIFIED) {
    v.Custom(at("direction"), "must be unspecified for a NOTE");
  }
}

// Of a request for verdicts.
template <class Req>
void CheckEvaluation(const Req& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.TimestampField("evaluate_time", request.has_evaluate_time(), request.evaluate_time(), kOptional)
      .Number("policy_revision", request.policy_revision(), 0, std::numeric_limits<int64_t>::max());
  if (!request.has_draft_policy()) return;
  CheckPolicy("draft_policy", request.draft_policy(), v);
  if (request.policy_revision() != 0) {
    v.Custom("draft_policy", "must not be given beside policy_revision");
  }
}

}  // namespace

void Check(const v1::CreateLeadRequest& request, rpc::Validation& v) {
  v.Present("lead", request.has_lead());
  if (request.has_lead()) {
    v.Name("lead.contact", request.lead().contact(), "contacts", kRequired);
    CheckSettable(request.lead(), v);
  }
  CheckCommon(request, v);
  v.Uuid("lead_id", request.lead_id(), kOptional);
  if (request.has_first_activity()) CheckActivity("first_activity", request.first_activity(), v);
  if (!request.has_qualification()) return;
  const v1::Qualification& qualification = request.qualification();
  if (!request.has_first_activity()) {
    v.Custom("first_activity", "is required beside a qualification");
  }
  v.TimestampField("qualification.effective_time", qualification.has_effective_time(),
                   qualification.effective_time(), kOptional)
      .Text("qualification.override_reason", qualification.override_reason(),
            {.max = kTextLimit, .presence = kRequired});
}

void Check(const v1::GetLeadRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  serving::CheckAsOf(request, v);
}
void Check(const v1::ListRevisionsRequest& request, rpc::Validation& v) { CheckCommon(request, v); }
void Check(const v1::BatchGetLeadsRequest& request, rpc::Validation& v) { CheckCommon(request, v); }
void Check(const v1::ListLeadsRequest& request, rpc::Validation& v) { CheckCommon(request, v); }

void Check(const v1::UpdateLeadRequest& request, rpc::Validation& v) {
  rpc::CheckUpdate(request, "lead", request.has_lead(), request.lead(), kLeads, kMutableFields, v);
  if (request.has_lead()) CheckSettable(request.lead(), v);
}

void Check(const v1::LogActivityRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Uuid("activity_id", request.activity_id(), kOptional);
  v.Present("activity", request.has_activity());
  if (request.has_activity()) CheckActivity("activity", request.activity(), v);
}

void Check(const v1::UpdateActivityRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Present("activity", request.has_activity());
  if (!request.has_activity()) return;
  const v1::Activity& activity = request.activity();
  v.Uuid("activity.id", activity.id(), kRequired)
      .Enum("activity.direction", activity.direction(),
            v1::ActivityDirection_IsValid(activity.direction()), kOptional)
      .Text("activity.summary", activity.summary(), {.max = kTextLimit});
  rpc::CheckMask(request.update_mask(), kActivityFields, activity, v);
  const std::vector<std::string> fields = UpdatedFields(request);
  const auto named = [&fields](const char* field) {
    return std::count(fields.begin(), fields.end(), field) > 0 ? kRequired : kOptional;
  };
  v.Enum("activity.type", activity.type(), v1::ActivityType_IsValid(activity.type()), named("type"))
      .TimestampField("activity.occur_time", activity.has_occur_time(), activity.occur_time(),
                      named("occur_time"));
}

void Check(const v1::AssessCriterionRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Uuid("assessment_id", request.assessment_id(), kOptional);
  v.Present("assessment", request.has_assessment());
  if (!request.has_assessment()) return;
  const v1::Assessment& a = request.assessment();
  v.Enum("assessment.criterion", a.criterion(), v1::Criterion_IsValid(a.criterion()), kRequired)
      .Enum("assessment.finding", a.finding(), v1::Finding_IsValid(a.finding()), kRequired)
      .Text("assessment.observation", a.observation(), {.max = kTextLimit})
      .Enum("assessment.source", a.source(), v1::EvidenceSource_IsValid(a.source()), kRequired)
      .TimestampField("assessment.observe_time", a.has_observe_time(), a.observe_time(), kOptional)
      .DateField("assessment.expected_purchase_date", a.has_expected_purchase_date(),
                 a.expected_purchase_date(), kOptional)
      .MoneyField("assessment.budget", a.has_budget(), a.budget(), kOptional)
      .Enum("assessment.budget_status", a.budget_status(),
            v1::BudgetStatus_IsValid(a.budget_status()), kOptional);
  if (a.has_expected_purchase_date() && a.criterion() != v1::CRITERION_TIMEFRAME) {
    v.Custom("assessment.expected_purchase_date", "is for TIMEFRAME only");
  }
  if (a.criterion() == v1::CRITERION_ABILITY) return;
  if (a.has_budget()) v.Custom("assessment.budget", "is for ABILITY only");
  if (a.budget_status() != v1::BUDGET_STATUS_UNSPECIFIED) {
    v.Custom("assessment.budget_status", "is for ABILITY only");
  }
}

void Check(const v1::EvaluateLeadRequest& request, rpc::Validation& v) {
  CheckEvaluation(request, v);
}
void Check(const v1::EvaluateLeadsRequest& request, rpc::Validation& v) {
  CheckEvaluation(request, v);
}
void Check(const v1::ListActivitiesRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
}
void Check(const v1::ListAssessmentsRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
}

void Check(const v1::QualifyLeadRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Text("override_reason", request.override_reason(), {.max = kTextLimit});
}

void Check(const v1::DisqualifyLeadRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  const bool other = request.reason() == v1::DISQUALIFY_REASON_OTHER;
  v.Enum("reason", request.reason(), v1::DisqualifyReason_IsValid(request.reason()), kRequired)
      .Text("note", request.note(), {.max = kTextLimit, .presence = other ? kRequired : kOptional});
}

void Check(const v1::ReopenLeadRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Text("reason", request.reason(), {.max = kTextLimit, .presence = kRequired});
}

void Check(const v1::ConvertLeadRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Present("request_id", !request.request_id().empty());
  CheckConversionPlan(request, v);
  v.Text("plan_token", request.plan_token(), {.max = rpc::kPageTokenLimit});
}

void Check(const v1::DeleteLeadRequest& request, rpc::Validation& v) { CheckCommon(request, v); }
void Check(const v1::UndeleteLeadRequest& request, rpc::Validation& v) { CheckCommon(request, v); }

std::vector<std::string> SettableFields() { return rpc::MutablePaths(kMutableFields); }

std::vector<std::string> UpdatedFields(const v1::UpdateActivityRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), kActivityFields, request.activity());
}

std::vector<std::string> UpdatedFields(const v1::UpdateLeadRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), kMutableFields, request.lead());
}

}  // namespace crm::lead
