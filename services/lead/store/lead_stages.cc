#include "services/lead/store/lead_stages.h"

#include "absl/strings/str_cat.h"
#include "common/stage/move_record.h"

namespace crm::lead {

stage::StageRecord StageRecordOf(const Lead& lead, const StageChange& change) {
  stage::StageRecord record = stage::MoveRecord("lead", {lead.tenant, lead.id}, change);
  if (change.from.has_value()) {
    record.from_stage = std::string(NameOf(kLeadStateNames, *change.from));
  }
  record.to_stage = std::string(NameOf(kLeadStateNames, change.to));
  record.time_in_previous = change.time_in_previous_state;
  record.reason = change.reason;
  record.note = change.note;
  record.overridden = change.overridden;
  record.gates = change.overridden_gates;
  record.contact = absl::StrCat("contacts/", lead.contact.ToString());
  record.lead = LeadName(lead.id);
  record.opportunity = change.opportunity;
  record.correlation_id = record.lead;
  return record;
}

}  // namespace crm::lead
