#include "services/lead/rpc/lead_checks.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/rpc/field_mask.h"
#include "services/lead/rpc/lead_proto.h"

namespace crm::lead {
namespace {

using rpc::kOptional;
using rpc::kRequired;
using rpc::Mutability;

constexpr size_t kLongText = 4000;
constexpr size_t kShortText = 200;
constexpr size_t kActor = 128;
constexpr size_t kMostInterests = 50;
constexpr size_t kMostNames = 1000;

const std::vector<rpc::MaskPath>& LeadPaths() {
  static const auto* const kPaths = [] {
    auto* paths = new std::vector<rpc::MaskPath>;
    for (const std::string& field : SettableFields())
      paths->push_back({field, Mutability::kMutable});
    paths->push_back({"contact", Mutability::kImmutable});
    for (const char* field :
         {"name", "etag", "state", "stage_version", "current_assessments", "verdict",
          "disqualify_reason", "disqualify_note", "qualification_overridden", "override_reason",
          "opportunity", "activity_count", "two_way_contact", "first_response_time",
          "last_activity_time", "create_time", "update_time", "state_enter_time"}) {
      paths->push_back({field, Mutability::kOutputOnly});
    }
    return paths;
  }();
  return *kPaths;
}

void CheckSettable(const v1::Lead& lead, rpc::Validation& v) {
  v.Text("lead.owner", lead.owner(), {.max = kActor})
      .Enum("lead.source", lead.source(), v1::LeadSource_IsValid(lead.source()), kOptional)
      .Text("lead.source_detail", lead.source_detail(), {.max = kShortText})
      .Count("lead.interests", static_cast<size_t>(lead.interests_size()), kMostInterests)
      .Enum("lead.buying_role", lead.buying_role(),
            type::v1::BuyingRole_IsValid(lead.buying_role()), kOptional)
      .Text("lead.external_id", lead.external_id(), {.max = kActor});
  const int most = std::min(lead.interests_size(), static_cast<int>(kMostInterests));
  for (int i = 0; i < most; ++i) {
    v.Text(absl::StrCat("lead.interests[", i, "]"), lead.interests(i),
           {.max = kShortText, .presence = kRequired});
  }
}

void CheckActivity(absl::string_view path, const v1::Activity& activity, rpc::Validation& v) {
  const auto at = [path](const char* field) { return absl::StrCat(path, ".", field); };
  const bool note = activity.type() == v1::ACTIVITY_TYPE_NOTE;
  v.Enum(at("type"), activity.type(), v1::ActivityType_IsValid(activity.type()), kRequired)
      .Enum(at("direction"), activity.direction(),
            v1::ActivityDirection_IsValid(activity.direction()), note ? kOptional : kRequired)
      .TimestampField(at("occur_time"), activity.has_occur_time(), activity.occur_time(), kOptional)
      .Text(at("summary"), activity.summary(), {.max = kLongText});
  if (note && activity.direction() != v1::ACTIVITY_DIRECTION_UNSPECIFIED) {
    v.Custom(at("direction"), "must be unspecified for a NOTE");
  }
}

// What every method that writes one lead takes.
template <class Req>
void CheckWrite(const Req& request, rpc::Validation& v) {
  v.Name("name", request.name(), "leads", kRequired)
      .Etag("etag", request.etag(), kOptional)
      .Uuid("request_id", request.request_id(), kOptional);
}

template <class Req>
void CheckEffectiveTime(const Req& request, rpc::Validation& v) {
  v.TimestampField("effective_time", request.has_effective_time(), request.effective_time(),
                   kOptional);
}

}  // namespace

void Check(const v1::CreateLeadRequest& request, rpc::Validation& v) {
  v.Present("lead", request.has_lead());
  if (request.has_lead()) {
    v.Name("lead.contact", request.lead().contact(), "contacts", kRequired);
    CheckSettable(request.lead(), v);
  }
  v.Uuid("lead_id", request.lead_id(), kOptional)
      .Uuid("request_id", request.request_id(), kOptional);
  CheckEffectiveTime(request, v);
  if (request.has_first_activity()) CheckActivity("first_activity", request.first_activity(), v);
}

void Check(const v1::GetLeadRequest& request, rpc::Validation& v) {
  v.Name("name", request.name(), "leads", kRequired);
}

void Check(const v1::BatchGetLeadsRequest& request, rpc::Validation& v) {
  v.Count("names", static_cast<size_t>(request.names_size()), kMostNames, 1);
  if (request.names_size() > static_cast<int>(kMostNames)) return;
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < request.names_size(); ++i) {
    const std::string path = absl::StrCat("names[", i, "]");
    v.Name(path, request.names(i), "leads", kRequired);
    if (!seen.insert(request.names(i)).second) v.Custom(path, "must not repeat another name");
  }
}

void Check(const v1::ListLeadsRequest& request, rpc::Validation& v) {
  v.PageSize("page_size", request.page_size())
      .Text("filter", request.filter(), {.max = 1000})
      .Text("order_by", request.order_by(), {.max = 100})
      .Text("page_token", request.page_token(), {.max = 1000});
}

void Check(const v1::UpdateLeadRequest& request, rpc::Validation& v) {
  v.Present("lead", request.has_lead());
  if (request.has_lead()) {
    v.Name("lead.name", request.lead().name(), "leads", kRequired)
        .Etag("lead.etag", request.lead().etag(), kOptional);
    CheckSettable(request.lead(), v);
  }
  v.Uuid("request_id", request.request_id(), kOptional);
  const auto fields = UpdatedFields(request);
  if (fields.ok()) return;
  if (const auto details = error::DetailsOf(fields.status())) {
    for (const error::FieldViolation& violation : details->fields) {
      v.Custom(violation.field, violation.description);
    }
  }
}

void Check(const v1::LogActivityRequest& request, rpc::Validation& v) {
  CheckWrite(request, v);
  v.Present("activity", request.has_activity());
  if (request.has_activity()) CheckActivity("activity", request.activity(), v);
}

void Check(const v1::AssessCriterionRequest& request, rpc::Validation& v) {
  CheckWrite(request, v);
  CheckEffectiveTime(request, v);
  v.Present("assessment", request.has_assessment());
  if (!request.has_assessment()) return;
  const v1::Assessment& a = request.assessment();
  v.Enum("assessment.criterion", a.criterion(), v1::Criterion_IsValid(a.criterion()), kRequired)
      .Enum("assessment.finding", a.finding(), v1::Finding_IsValid(a.finding()), kRequired)
      .Text("assessment.observation", a.observation(), {.max = kLongText})
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
  v.Name("name", request.name(), "leads", kRequired)
      .TimestampField("evaluate_time", request.has_evaluate_time(), request.evaluate_time(),
                      kOptional);
}

void Check(const v1::QualifyLeadRequest& request, rpc::Validation& v) {
  CheckWrite(request, v);
  CheckEffectiveTime(request, v);
  v.Text("override_reason", request.override_reason(), {.max = kLongText});
}

void Check(const v1::DisqualifyLeadRequest& request, rpc::Validation& v) {
  CheckWrite(request, v);
  CheckEffectiveTime(request, v);
  const bool other = request.reason() == v1::DISQUALIFY_REASON_OTHER;
  v.Enum("reason", request.reason(), v1::DisqualifyReason_IsValid(request.reason()), kRequired)
      .Text("note", request.note(), {.max = kLongText, .presence = other ? kRequired : kOptional});
}

void Check(const v1::ReopenLeadRequest& request, rpc::Validation& v) {
  CheckWrite(request, v);
  CheckEffectiveTime(request, v);
  v.Text("reason", request.reason(), {.max = kLongText, .presence = kRequired});
}

void Check(const v1::ConvertLeadRequest& request, rpc::Validation& v) {
  v.Name("name", request.name(), "leads", kRequired)
      .Etag("etag", request.etag(), kOptional)
      .Uuid("request_id", request.request_id(), kRequired);
  CheckEffectiveTime(request, v);
  v.Text("override_reason", request.override_reason(), {.max = kLongText})
      .Text("opportunity_display_name", request.opportunity_display_name(),
            {.max = kShortText, .presence = kRequired})
      .MoneyField("amount", request.has_amount(), request.amount(), kOptional)
      .DateField("expected_close_date", request.has_expected_close_date(),
                 request.expected_close_date(), kOptional)
      .Text("owner", request.owner(), {.max = kActor})
      .SlugName("pipeline", request.pipeline(), "pipelines", kOptional);
}

absl::StatusOr<std::vector<std::string>> UpdatedFields(const v1::UpdateLeadRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), LeadPaths(), request.lead());
}

}  // namespace crm::lead
