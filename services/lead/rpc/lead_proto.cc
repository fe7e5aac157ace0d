#include "services/lead/rpc/lead_proto.h"

#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::lead {
namespace {

// The enums of both sides have the same numbers; a test compares all numbers and names.
static_assert(static_cast<int>(LeadState::kDisqualified) == v1::LEAD_STATE_DISQUALIFIED);
static_assert(static_cast<int>(LeadSource::kOther) == type::v1::LEAD_SOURCE_OTHER);
static_assert(static_cast<int>(BuyingRole::kBlocker) == type::v1::BUYING_ROLE_BLOCKER);
static_assert(static_cast<int>(DisqualifyReason::kOther) == v1::DISQUALIFY_REASON_OTHER);
static_assert(static_cast<int>(ConversionState::kNeedsAttention) ==
              v1::CONVERSION_STATE_NEEDS_ATTENTION);
static_assert(static_cast<int>(Criterion::kAuthority) == v1::CRITERION_AUTHORITY);
static_assert(static_cast<int>(Finding::kUnknown) == v1::FINDING_UNKNOWN);
static_assert(static_cast<int>(EvidenceSource::kImport) == v1::EVIDENCE_SOURCE_IMPORT);
static_assert(static_cast<int>(BudgetStatus::kApproved) == v1::BUDGET_STATUS_APPROVED);
static_assert(static_cast<int>(VerdictOutcome::kInsufficientEvidence) ==
              v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);
static_assert(static_cast<int>(ActivityType::kNote) == v1::ACTIVITY_TYPE_NOTE);
static_assert(static_cast<int>(ActivityDirection::kOutbound) == v1::ACTIVITY_DIRECTION_OUTBOUND);

template <class To, class From>
To Same(From value) {
  return static_cast<To>(static_cast<int>(value));
}

void SetEvidence(const Lead& lead, v1::Lead& message) {
  for (const Assessment& assessment : lead.assessments) {
    ToProto(assessment, *message.add_current_assessments());
  }
  if (lead.verdict.has_value()) ToProto(*lead.verdict, *message.mutable_verdict());
  const ActivityCounts& activities = lead.activities;
  message.set_activity_count(static_cast<int32_t>(activities.count));
  message.set_two_way_contact(activities.two_way);
  if (activities.first_response) {
    rpc::SetTime(*activities.first_response, message.mutable_first_response_time());
  }
  if (activities.last) rpc::SetTime(*activities.last, message.mutable_last_activity_time());
}

void SetRelationship(const Lead& lead, v1::Lead& message) {
  if (lead.next_step != NextStep()) ToProto(lead.next_step, *message.mutable_next_step());
  message.mutable_attributes()->insert(lead.attributes.begin(), lead.attributes.end());
  if (lead.organization) {
    message.set_organization(rpc::FormatName("contacts", *lead.organization));
  }
  if (lead.delete_time) rpc::SetTime(*lead.delete_time, message.mutable_delete_time());
  if (lead.standing) ToProto(*lead.standing, *message.mutable_standing());
  rpc::SetTime(lead.open_time.value_or(lead.create_time), message.mutable_open_time());
  if (const auto response = ResponseTimeOf(lead)) {
    rpc::SetDuration(*response, message.mutable_response_duration());
  }
}

}  // namespace

void ToProto(const Lead& lead, v1::Lead& message) {
  message.set_name(LeadName(lead.id));
  message.set_etag(std::to_string(lead.revision));
  message.set_contact(rpc::FormatName("contacts", lead.contact));
  message.set_state(Same<v1::LeadState>(lead.state));
  message.set_stage_version(lead.stage_version);
  message.set_owner(lead.owner);
  message.set_source(Same<type::v1::LeadSource>(lead.source));
  message.set_source_detail(lead.source_detail);
  for (const std::string& interest : lead.interests) message.add_interests(interest);
  message.set_buying_role(Same<type::v1::BuyingRole>(lead.buying_role));
  SetEvidence(lead, message);
  message.set_disqualify_reason(Same<v1::DisqualifyReason>(lead.disqualify_reason));
  message.set_disqualify_note(lead.disqualify_note);
  message.set_qualification_overridden(lead.qualification_overridden);
  message.set_override_reason(lead.override_reason);
  message.set_opportunity(OpportunityOf(lead));
  message.set_external_id(lead.external_id);
  SetRelationship(lead, message);
  if (lead.assignment.has_value()) ToProto(*lead.assignment, *message.mutable_assignment());
  // A lead that has just been written may still carry what the clock said; it is stored, and
  // answered, to the microsecond.
  rpc::SetTime(lead.create_time, message.mutable_create_time());
  rpc::SetTime(lead.update_time, message.mutable_update_time());
  rpc::SetTime(lead.state_enter_time, message.mutable_state_enter_time());
}

void ToProto(const NextStep& step, v1::NextStep& message) {
  message.set_text(step.text);
  if (step.due_date) rpc::SetDay(*step.due_date, message.mutable_due_date());
}

void ToProto(const Standing& standing, v1::Standing& message) {
  message.set_score(standing.score);
  message.set_outcome(ToProto(standing.outcome));
  if (standing.stale_time) rpc::SetTime(*standing.stale_time, message.mutable_stale_time());
}

void ToProto(const Assignment& assignment, v1::Assignment& message) {
  message.set_reason(assignment.reason);
  message.set_rule(assignment.rule);
  message.set_rules_revision(assignment.rules_revision);
  message.set_actor(assignment.actor);
  rpc::SetTime(assignment.time, message.mutable_assign_time());
}

void ToProto(const Assessment& a, v1::Assessment& message) {
  message.set_id(a.id.ToString());
  message.set_criterion(Same<v1::Criterion>(a.criterion));
  message.set_finding(Same<v1::Finding>(a.finding));
  message.set_observation(a.observation);
  message.set_source(Same<v1::EvidenceSource>(a.source));
  message.set_assessor(a.assessor);
  rpc::SetTime(a.observe_time, message.mutable_observe_time());
  rpc::SetTime(a.record_time, message.mutable_record_time());
  if (a.expected_purchase_date) {
    rpc::SetDay(*a.expected_purchase_date, message.mutable_expected_purchase_date());
  }
  if (a.budget) rpc::SetMoney(*a.budget, message.mutable_budget());
  message.set_budget_status(Same<v1::BudgetStatus>(a.budget_status));
}

void ToProto(const Activity& activity, v1::Activity& message) {
  message.set_id(activity.id.ToString());
  message.set_type(Same<v1::ActivityType>(activity.type));
  message.set_direction(Same<v1::ActivityDirection>(activity.direction));
  rpc::SetTime(activity.occur_time, message.mutable_occur_time());
  message.set_summary(activity.summary);
  message.set_actor(activity.actor);
  rpc::SetTime(activity.record_time, message.mutable_record_time());
  if (activity.update_time) rpc::SetTime(*activity.update_time, message.mutable_update_time());
}

void ToProto(const Verdict& verdict, v1::Verdict& message) {
  message.set_outcome(Same<v1::VerdictOutcome>(verdict.outcome));
  message.set_score(verdict.score);
  message.set_policy_revision(verdict.policy_revision);
  rpc::SetTime(verdict.evaluate_time, message.mutable_evaluate_time());
  message.set_threshold(verdict.threshold);
  for (const CriterionResult& result : verdict.results) {
    v1::CriterionResult& item = *message.add_results();
    item.set_criterion(Same<v1::Criterion>(result.criterion));
    item.set_required(result.required);
    item.set_weight(result.weight);
    item.set_finding(Same<v1::Finding>(result.finding));
    item.set_contribution(result.contribution);
    if (!result.assessment.IsNil()) item.set_assessment(result.assessment.ToString());
    item.set_stale(result.stale);
    item.set_explanation(result.explanation);
  }
}

v1::VerdictOutcome ToProto(VerdictOutcome outcome) { return Same<v1::VerdictOutcome>(outcome); }

NextStep FromProto(const v1::NextStep& message) {
  NextStep step;
  step.text = message.text();
  if (message.has_due_date()) step.due_date = rpc::DayFrom(message.due_date());
  return step;
}

Activity FromProto(const v1::Activity& message, absl::Time now) {
  Activity activity;
  activity.type = Same<ActivityType>(message.type());
  activity.direction = Same<ActivityDirection>(message.direction());
  activity.occur_time = message.has_occur_time() ? rpc::TimeFrom(message.occur_time()) : now;
  activity.summary = message.summary();
  return activity;
}

Assessment FromProto(const v1::Assessment& message, absl::Time now) {
  Assessment assessment;
  assessment.criterion = Same<Criterion>(message.criterion());
  assessment.finding = Same<Finding>(message.finding());
  assessment.observation = message.observation();
  assessment.source = Same<EvidenceSource>(message.source());
  assessment.observe_time =
      message.has_observe_time() ? rpc::TimeFrom(message.observe_time()) : now;
  if (message.has_expected_purchase_date()) {
    assessment.expected_purchase_date = rpc::DayFrom(message.expected_purchase_date());
  }
  if (message.has_budget()) assessment.budget = rpc::MoneyFrom(message.budget());
  assessment.budget_status = Same<BudgetStatus>(message.budget_status());
  return assessment;
}

ConversionPlan FromProto(const v1::ConvertLeadRequest& request) {
  ConversionPlan plan;
  if (!request.opportunity().empty()) {
    plan.opportunity = rpc::ParseName(request.opportunity(), kOpportunities);
  }
  if (!request.organization().empty()) {
    plan.employer.emplace().organization = rpc::ParseName(request.organization(), "contacts");
  } else if (request.has_new_organization()) {
    plan.employer.emplace().display_name = request.new_organization().display_name();
    plan.employer->domain = request.new_organization().domain();
  }
  plan.display_name = request.opportunity_display_name();
  if (request.has_amount()) plan.amount = rpc::MoneyFrom(request.amount());
  if (request.has_expected_close_date()) {
    plan.expected_close_date = rpc::DayFrom(request.expected_close_date());
  }
  plan.owner = request.owner();
  plan.pipeline = request.pipeline();
  plan.override_reason = request.override_reason();
  return plan;
}

DisqualifyReason FromProto(v1::DisqualifyReason reason) { return Same<DisqualifyReason>(reason); }

LeadEdit EditFrom(const v1::Lead& message, const std::vector<std::string>& fields) {
  LeadEdit edit;
  for (const std::string& field : fields) {
    if (field == "owner") edit.owner = message.owner();
    if (field == "source") edit.source = Same<LeadSource>(message.source());
    if (field == "source_detail") edit.source_detail = message.source_detail();
    if (field == "interests") {
      edit.interests.emplace(message.interests().begin(), message.interests().end());
    }
    if (field == "buying_role") edit.buying_role = Same<BuyingRole>(message.buying_role());
    if (field == "external_id") edit.external_id = message.external_id();
    if (field == "organization") {
      edit.organization = rpc::ParseName(message.organization(), "contacts");
    }
    if (field == "next_step") edit.next_step = FromProto(message.next_step());
    if (field == "attributes") {
      edit.attributes.emplace(message.attributes().begin(), message.attributes().end());
    }
  }
  return edit;
}

ActivityEdit EditFrom(const v1::Activity& message, const std::vector<std::string>& fields) {
  ActivityEdit edit;
  for (const std::string& field : fields) {
    if (field == "type") edit.type = Same<ActivityType>(message.type());
    if (field == "direction") edit.direction = Same<ActivityDirection>(message.direction());
    if (field == "occur_time") edit.occur_time = rpc::TimeFrom(message.occur_time());
    if (field == "summary") edit.summary = message.summary();
  }
  return edit;
}

std::string ConvertLeadAnswer(const Lead& lead) {
  v1::ConvertLeadResponse response;
  ToProto(lead, *response.mutable_lead());
  response.set_opportunity(OpportunityName(lead.conversion->opportunity));
  response.set_state(Same<v1::ConversionState>(lead.conversion->state));
  return response.SerializeAsString();
}

}  // namespace crm::lead
