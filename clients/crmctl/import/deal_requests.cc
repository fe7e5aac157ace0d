#include <absl/strings/str_cat.h>

#include "clients/crmctl/import/deal_plan.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

using rpc::FormatName;

// Without a date a time is left to the server: a "now" of ours would make another request of every
// run.
template <class Request>
void SetEffective(const std::optional<absl::Time>& time, Request* request) {
  if (time) rpc::SetTime(*time, request->mutable_effective_time());
}

}  // namespace

std::string DealRequests::Id(const DealRecord& deal, absl::string_view step, When when) const {
  // Another time makes another request, and so does a step that was made once and undone since.
  std::string name(step);
  if (when.later) absl::StrAppend(&name, "@", absl::ToUnixMicros(*when.time));
  if (when.version > 0) absl::StrAppend(&name, "#", when.version);
  return ids_.RequestId(NameOf(deal.entity), deal.key, name);
}

contact::v1::CreateContactRequest DealRequests::Contact(const ContactRecord& record,
                                                        Entity entity) const {
  contact::v1::CreateContactRequest request;
  *request.mutable_contact() = record.contact;
  request.set_contact_id(record.id.ToString());
  request.set_request_id(ids_.RequestId(NameOf(entity), record.key, "create"));
  SetEffective(record.effective, &request);
  return request;
}

contact::v1::CreateContactRequest DealRequests::OwnContact(const DealRecord& deal) const {
  contact::v1::CreateContactRequest request;
  contact::v1::Contact& contact = *request.mutable_contact();
  contact.set_display_name(deal.contact_name);
  contact.mutable_person();
  contact.set_owner(deal.owner);
  // All contacts of a tenant share the external ids.
  contact.set_external_id(absl::StrCat(NameOf(deal.entity), ":", deal.key));
  for (const std::string& email : deal.contact_emails) contact.add_emails()->set_address(email);
  for (const std::string& phone : deal.contact_phones) contact.add_phones()->set_number(phone);
  request.set_contact_id(deal.contact_id.ToString());
  request.set_request_id(
      Id(deal, deal.email_dropped ? "contact without e-mail" : NameOf(Step::kContact)));
  SetEffective(deal.opened, &request);
  return request;
}

lead::v1::CreateLeadRequest DealRequests::Lead(const DealRecord& deal) const {
  lead::v1::CreateLeadRequest request;
  lead::v1::Lead& lead = *request.mutable_lead();
  lead.set_contact(FormatName("contacts", deal.contact_id));
  lead.set_owner(deal.owner);
  lead.set_source(deal.source);
  lead.set_source_detail(deal.source_detail);
  lead.set_buying_role(deal.buying_role);
  lead.set_external_id(deal.external_id);
  for (const std::string& interest : deal.interests) lead.add_interests(interest);
  lead.mutable_attributes()->insert(deal.attributes.begin(), deal.attributes.end());
  SetEffective(deal.opened, &request);
  if (deal.target != Target::kNew) {
    lead::v1::Activity& activity = *request.mutable_first_activity();
    activity.set_type(lead::v1::ACTIVITY_TYPE_NOTE);
    activity.set_summary(mapping_.override_reason);
    if (deal.opened) rpc::SetTime(*deal.opened, activity.mutable_occur_time());
  }
  if (IsQualifiedAtOnce(deal)) {
    request.mutable_qualification()->set_override_reason(mapping_.override_reason);
    SetEffective(deal.opened, request.mutable_qualification());
  }
  request.set_lead_id(deal.lead_id.ToString());
  request.set_request_id(
      Id(deal, IsQualifiedAtOnce(deal) ? "qualified lead" : NameOf(Step::kLead)));
  return request;
}

lead::v1::LogActivityRequest DealRequests::Work(const DealRecord& deal, When when) const {
  lead::v1::LogActivityRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  request.set_request_id(Id(deal, NameOf(Step::kWork), when));
  lead::v1::Activity& activity = *request.mutable_activity();
  activity.set_type(lead::v1::ACTIVITY_TYPE_NOTE);
  activity.set_summary(mapping_.override_reason);
  if (when.time) rpc::SetTime(*when.time, activity.mutable_occur_time());
  return request;
}

lead::v1::ReopenLeadRequest DealRequests::TakeUp(const DealRecord& deal, When when) const {
  lead::v1::ReopenLeadRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  request.set_request_id(Id(deal, NameOf(Step::kTakeUp), when));
  request.set_reason(mapping_.override_reason);
  SetEffective(when.time, &request);
  return request;
}

lead::v1::QualifyLeadRequest DealRequests::Qualify(const DealRecord& deal, When when) const {
  lead::v1::QualifyLeadRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  request.set_request_id(Id(deal, NameOf(Step::kQualify), when));
  request.set_override_reason(mapping_.override_reason);
  SetEffective(when.time, &request);
  return request;
}

lead::v1::DisqualifyLeadRequest DealRequests::Disqualify(const DealRecord& deal, When when) const {
  lead::v1::DisqualifyLeadRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  request.set_request_id(Id(deal, NameOf(Step::kDisqualify), when));
  request.set_reason(deal.disqualify_reason);
  request.set_note(deal.disqualify_note.empty() ? mapping_.loss_note : deal.disqualify_note);
  SetEffective(when.time, &request);
  return request;
}

lead::v1::ConvertLeadRequest DealRequests::Convert(const DealRecord& deal, When when) const {
  lead::v1::ConvertLeadRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  when.version = 0;  // it is never undone
  request.set_request_id(Id(deal, NameOf(Step::kConvert), when));
  request.set_override_reason(mapping_.override_reason);
  request.set_opportunity_display_name(deal.title);
  request.set_pipeline(mapping_.pipeline);
  SetEffective(when.time, &request);
  // A won one gets its amount by the win.
  if (deal.target != Target::kWon && deal.amount) *request.mutable_amount() = *deal.amount;
  if (deal.expected_close) {
    rpc::SetDay(*deal.expected_close, request.mutable_expected_close_date());
  }
  return request;
}

opportunity::v1::OpenOpportunityRequest DealRequests::Open(const DealRecord& deal) const {
  opportunity::v1::OpenOpportunityRequest request;
  opportunity::v1::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name(deal.title);
  opportunity.set_contact(FormatName("contacts", deal.contact_id));
  opportunity.set_pipeline(mapping_.pipeline);
  opportunity.set_owner(deal.owner);
  opportunity.set_external_id(deal.external_id);
  opportunity.set_lead_source(deal.source);
  if (deal.target != Target::kWon && deal.amount) *opportunity.mutable_amount() = *deal.amount;
  if (deal.expected_close) {
    rpc::SetDay(*deal.expected_close, opportunity.mutable_expected_close_date());
  }
  // What is set by hand stays until another stage is entered: where stages follow, it is filled in
  // behind them.
  if (deal.target == Target::kOpen && deal.moves.empty()) {
    if (deal.probability) opportunity.set_probability(*deal.probability);
    opportunity.set_forecast_category(deal.forecast_category);
  }
  for (const std::string& interest : deal.interests) opportunity.add_interests(interest);
  opportunity.mutable_attributes()->insert(deal.attributes.begin(), deal.attributes.end());
  request.set_opportunity_id(deal.opportunity_id.ToString());
  request.set_request_id(Id(deal, NameOf(Step::kOpen)));
  SetEffective(deal.opened, &request);
  return request;
}

opportunity::v1::MoveOpportunityRequest DealRequests::Move(const DealRecord& deal,
                                                           const StageMove& move,
                                                           const std::string& opportunity,
                                                           When when) const {
  opportunity::v1::MoveOpportunityRequest request;
  request.set_name(opportunity);
  request.set_request_id(Id(deal, absl::StrCat(NameOf(Step::kMove), " ", move.stage), when));
  request.set_stage(move.stage);
  request.set_override_reason(mapping_.override_reason);
  SetEffective(when.time, &request);
  return request;
}

opportunity::v1::ReopenOpportunityRequest DealRequests::Reopen(const DealRecord& deal,
                                                               const std::string& stage,
                                                               const std::string& opportunity,
                                                               When when) const {
  opportunity::v1::ReopenOpportunityRequest request;
  request.set_name(opportunity);
  request.set_request_id(Id(deal, NameOf(Step::kReopen), when));
  request.set_stage(stage);
  request.set_reason(mapping_.override_reason);
  SetEffective(when.time, &request);
  return request;
}

opportunity::v1::UpdateOpportunityRequest DealRequests::Fill(const DealRecord& deal,
                                                             const std::string& opportunity) const {
  opportunity::v1::UpdateOpportunityRequest request;
  request.mutable_opportunity()->set_name(opportunity);
  request.set_request_id(Id(deal, NameOf(Step::kFill)));
  if (deal.probability) {
    request.mutable_opportunity()->set_probability(*deal.probability);
    request.mutable_update_mask()->add_paths("probability");
  }
  if (deal.forecast_category != opportunity::v1::FORECAST_CATEGORY_UNSPECIFIED) {
    request.mutable_opportunity()->set_forecast_category(deal.forecast_category);
    request.mutable_update_mask()->add_paths("forecast_category");
  }
  return request;
}

opportunity::v1::WinOpportunityRequest DealRequests::Win(const DealRecord& deal,
                                                         const std::string& opportunity,
                                                         When when) const {
  opportunity::v1::WinOpportunityRequest request;
  request.set_name(opportunity);
  request.set_request_id(Id(deal, NameOf(Step::kWin), when));
  request.set_override_reason(mapping_.override_reason);
  SetEffective(when.time, &request);
  if (deal.amount) *request.mutable_amount() = *deal.amount;
  return request;
}

opportunity::v1::LoseOpportunityRequest DealRequests::Lose(const DealRecord& deal,
                                                           const std::string& opportunity,
                                                           When when) const {
  opportunity::v1::LoseOpportunityRequest request;
  request.set_name(opportunity);
  request.set_request_id(Id(deal, NameOf(Step::kLose), when));
  request.set_loss_reason(deal.loss_reason);
  request.set_note(deal.loss_note.empty() ? mapping_.loss_note : deal.loss_note);
  SetEffective(when.time, &request);
  return request;
}

}  // namespace crm::crmctl
