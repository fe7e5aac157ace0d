#include "clients/crmctl/import/deal_plan.h"

#include <absl/strings/str_cat.h>

#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

using rpc::FormatName;

absl::Status ElseWhere(absl::string_view what, absl::string_view where) {
  return absl::FailedPreconditionError(
      absl::StrCat("the ", what, " is ", where, ", which the import does not undo"));
}

absl::StatusOr<Step> NextOfLead(const DealRecord& deal, lead::v1::LeadState state) {
  switch (state) {
    case lead::v1::LEAD_STATE_NEW:
    case lead::v1::LEAD_STATE_WORKING:
      return deal.target == Target::kWorking ? Step::kDone : Step::kQualify;
    case lead::v1::LEAD_STATE_QUALIFIED:
    case lead::v1::LEAD_STATE_CONVERTING:
      return deal.target == Target::kWorking ? Step::kDone : Step::kConvert;
    default:
      if (deal.target == Target::kWorking) return Step::kDone;
      return ElseWhere("lead", "DISQUALIFIED");
  }
}

}  // namespace

const char* NameOf(Step step) {
  static constexpr const char* kNames[] = {"contact", "lead", "qualify", "convert",
                                           "win",     "lose", "done"};
  return kNames[static_cast<int>(step)];
}

absl::StatusOr<Step> NextStep(const DealRecord& deal, const DealState& state) {
  if (state.lead == lead::v1::LEAD_STATE_UNSPECIFIED) {
    return deal.reference.empty() && !state.contact ? Step::kContact : Step::kLead;
  }
  if (state.lead != lead::v1::LEAD_STATE_CONVERTED) return NextOfLead(deal, state.lead);
  if (deal.target == Target::kWorking || deal.target == Target::kOpen) return Step::kDone;
  const bool win = deal.target == Target::kWon;
  switch (state.stage_type) {
    case opportunity::v1::STAGE_TYPE_WON:
      if (win) return Step::kDone;
      return ElseWhere("opportunity", "WON");
    case opportunity::v1::STAGE_TYPE_LOST:
      if (!win) return Step::kDone;
      return ElseWhere("opportunity", "LOST");
    default:
      return win ? Step::kWin : Step::kLose;
  }
}

std::vector<Step> StepsOf(const DealRecord& deal) {
  std::vector<Step> steps;
  if (deal.reference.empty()) steps.push_back(Step::kContact);
  steps.push_back(Step::kLead);
  if (deal.target == Target::kWorking) return steps;
  steps.insert(steps.end(), {Step::kQualify, Step::kConvert});
  if (deal.target == Target::kWon) steps.push_back(Step::kWin);
  if (deal.target == Target::kLost) steps.push_back(Step::kLose);
  return steps;
}

std::string DealRequests::Id(const DealRecord& deal, Step step) const {
  return ids_.RequestId("deal", deal.key, NameOf(step));
}

contact::v1::CreateContactRequest DealRequests::Contact(const ContactRecord& record,
                                                        Entity entity) const {
  contact::v1::CreateContactRequest request;
  *request.mutable_contact() = record.contact;
  request.set_contact_id(record.id.ToString());
  request.set_request_id(ids_.RequestId(NameOf(entity), record.key, "create"));
  if (record.effective) rpc::SetTime(*record.effective, request.mutable_effective_time());
  return request;
}

contact::v1::CreateContactRequest DealRequests::OwnContact(const DealRecord& deal) const {
  contact::v1::CreateContactRequest request;
  contact::v1::Contact& contact = *request.mutable_contact();
  contact.set_display_name(deal.contact_name);
  contact.mutable_person();
  contact.set_owner(deal.owner);
  contact.set_external_id(deal.key);
  request.set_contact_id(deal.contact_id.ToString());
  request.set_request_id(Id(deal, Step::kContact));
  if (deal.opened) rpc::SetTime(*deal.opened, request.mutable_effective_time());
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
  lead.set_external_id(deal.key);
  if (!deal.interest.empty()) lead.add_interests(deal.interest);
  lead::v1::Activity& activity = *request.mutable_first_activity();
  activity.set_type(lead::v1::ACTIVITY_TYPE_NOTE);
  activity.set_summary(mapping_.override_reason);
  // Without a date both times are left to the server: a "now" of ours would make another request
  // of every run.
  if (deal.opened) {
    rpc::SetTime(*deal.opened, activity.mutable_occur_time());
    rpc::SetTime(*deal.opened, request.mutable_effective_time());
  }
  request.set_lead_id(deal.lead_id.ToString());
  request.set_request_id(Id(deal, Step::kLead));
  return request;
}

lead::v1::QualifyLeadRequest DealRequests::Qualify(const DealRecord& deal) const {
  lead::v1::QualifyLeadRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  request.set_request_id(Id(deal, Step::kQualify));
  request.set_override_reason(mapping_.override_reason);
  if (deal.opened) rpc::SetTime(*deal.opened, request.mutable_effective_time());
  return request;
}

lead::v1::ConvertLeadRequest DealRequests::Convert(const DealRecord& deal) const {
  lead::v1::ConvertLeadRequest request;
  request.set_name(FormatName("leads", deal.lead_id));
  request.set_request_id(Id(deal, Step::kConvert));
  request.set_override_reason(mapping_.override_reason);
  request.set_opportunity_display_name(deal.title);
  request.set_pipeline(mapping_.pipeline);
  if (deal.opened) rpc::SetTime(*deal.opened, request.mutable_effective_time());
  if (deal.target == Target::kOpen && deal.amount) *request.mutable_amount() = *deal.amount;
  return request;
}

opportunity::v1::WinOpportunityRequest DealRequests::Win(const DealRecord& deal,
                                                         const std::string& opportunity) const {
  opportunity::v1::WinOpportunityRequest request;
  request.set_name(opportunity);
  request.set_request_id(Id(deal, Step::kWin));
  request.set_override_reason(mapping_.override_reason);
  if (deal.closed) rpc::SetTime(*deal.closed, request.mutable_effective_time());
  if (deal.amount) *request.mutable_amount() = *deal.amount;
  return request;
}

opportunity::v1::LoseOpportunityRequest DealRequests::Lose(const DealRecord& deal,
                                                           const std::string& opportunity) const {
  opportunity::v1::LoseOpportunityRequest request;
  request.set_name(opportunity);
  request.set_request_id(Id(deal, Step::kLose));
  request.set_loss_reason(deal.loss_reason);
  request.set_note(mapping_.loss_note);
  if (deal.closed) rpc::SetTime(*deal.closed, request.mutable_effective_time());
  return request;
}

}  // namespace crm::crmctl
