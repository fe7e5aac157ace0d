#include "services/lead/store/lead_stages.h"

#include "absl/strings/str_cat.h"

namespace crm::lead {

stage::StageRecord StageRecordOf(const Lead& lead, const StageChange& change) {
  stage::StageRecord record;
  record.tenant = lead.tenant;
  record.kind = "lead";
  record.id = lead.id;
  record.version = change.version;
  record.event_id = change.event_id;
  if (change.from.has_value()) {
    record.from_stage = std::string(NameOf(kLeadStateNames, *change.from));
  }
  record.to_stage = std::string(NameOf(kLeadStateNames, change.to));
  record.effective = change.effective_time;
  record.recorded = change.record_time;
  record.time_in_previous = change.time_in_previous_state;
  record.actor = change.actor;
  record.reason = change.reason;
  record.note = change.note;
  record.overridden = change.overridden;
  record.gates = change.overridden_gates;
  record.contact = absl::StrCat("contacts/", lead.contact.ToString());
  record.lead = LeadName(lead.id);
  record.opportunity = change.opportunity;
  record.owner = change.owner;
  record.causation_id = change.request_id;
  record.correlation_id = record.lead;
  record.request_id = change.request_id;
  record.traceparent = change.traceparent;
  return record;
}

}  // namespace crm::lead
