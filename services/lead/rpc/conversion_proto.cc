#include "services/lead/rpc/conversion_proto.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/request_hash.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

static_assert(static_cast<int>(FieldOrigin::kOpportunity) == v1::PLANNED_FIELD_ORIGIN_OPPORTUNITY);
static_assert(static_cast<int>(EmployerMatch::kNew) == v1::EMPLOYER_MATCH_NEW);

// A plan is for these arguments of a call.
rpc::PageArguments BoundTo(absl::string_view tenant, const std::string& arguments) {
  return {"PreviewConversion", tenant, arguments};
}

std::string ArgumentsOf(v1::ConvertLeadRequest request) {
  request.clear_etag();
  request.clear_request_id();
  request.clear_effective_time();
  request.clear_plan_token();
  return absl::BytesToHexString(rpc::RequestHash("PreviewConversion", request));
}

}  // namespace

void ToProto(const ConversionRecord& record, v1::Conversion& message) {
  message.set_name(ConversionResource(record.request_id));
  message.set_lead(LeadName(record.lead));
  message.set_opportunity(OpportunityName(record.opportunity));
  message.set_state(static_cast<v1::ConversionState>(record.state));
  message.set_abandoning(record.given_up && record.state == ConversionState::kStarted);
  message.set_retry_count(static_cast<int32_t>(record.attempt));
  message.set_last_error(record.last_error);
  if (record.state == ConversionState::kStarted) {
    rpc::SetTime(record.next_attempt, message.mutable_next_attempt_time());
  }
  rpc::SetTime(record.create_time, message.mutable_create_time());
  rpc::SetTime(record.update_time, message.mutable_update_time());
}

void ToProto(const ConversionPreview& preview, v1::PreviewConversionResponse& message) {
  for (const ConversionObstacle& obstacle : preview.obstacles) {
    v1::ConversionObstacle& item = *message.add_obstacles();
    item.set_reason(obstacle.reason);
    item.set_text(obstacle.text);
  }
  for (const PlannedField& field : preview.fields) {
    v1::PlannedField& item = *message.add_fields();
    item.set_field(field.field);
    item.set_value(field.value);
    item.set_origin(static_cast<v1::PlannedFieldOrigin>(field.origin));
  }
}

v1::ConvertLeadRequest RequestPreviewed(const v1::PreviewConversionRequest& request) {
  v1::ConvertLeadRequest previewed;
  previewed.set_name(request.name());
  previewed.set_override_reason(request.override_reason());
  previewed.set_opportunity_display_name(request.opportunity_display_name());
  if (request.has_amount()) *previewed.mutable_amount() = request.amount();
  if (request.has_expected_close_date()) {
    *previewed.mutable_expected_close_date() = request.expected_close_date();
  }
  previewed.set_owner(request.owner());
  previewed.set_pipeline(request.pipeline());
  previewed.set_opportunity(request.opportunity());
  previewed.set_organization(request.organization());
  if (request.has_new_organization()) {
    *previewed.mutable_new_organization() = request.new_organization();
  }
  return previewed;
}

PlanMarks MarksOf(const Lead& lead, const ConversionFacts& facts) {
  const std::string& employer = facts.employer.organization;
  return {
      absl::StrCat(lead.revision),
      employer.empty() ? facts.contact_version : absl::StrCat(facts.contact_version, " ", employer),
      facts.attachment.has_value() ? facts.attachment->etag : facts.pipeline_etag};
}

std::string PlanTokenOf(absl::string_view tenant, const v1::ConvertLeadRequest& request,
                        const PlanMarks& marks) {
  const std::string arguments = ArgumentsOf(request);
  const std::string position[] = {marks.lead, marks.contact, marks.target};
  return rpc::EncodePageToken(BoundTo(tenant, arguments), position);
}

absl::StatusOr<PlanMarks> MarksIn(absl::string_view tenant, const v1::ConvertLeadRequest& request) {
  const std::string arguments = ArgumentsOf(request);
  const auto position = rpc::DecodePageToken(BoundTo(tenant, arguments), request.plan_token());
  if (!position.ok() || position->size() != 3) {
    return error::FieldInvalid(
        "plan_token", "must be the plan_token of a PreviewConversion with the same arguments");
  }
  return PlanMarks{(*position)[0], (*position)[1], (*position)[2]};
}

std::optional<ConversionState> FromProto(v1::ConversionState state) {
  if (state == v1::CONVERSION_STATE_UNSPECIFIED) return std::nullopt;
  return static_cast<ConversionState>(state);
}

}  // namespace crm::lead
