#include "services/contact/store/contact_stages.h"

#include "absl/strings/str_cat.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

std::string NameOf(const char* collection, const std::optional<base::Uuid>& id) {
  return id.has_value() ? absl::StrCat(collection, id->ToString()) : std::string();
}

stage::StageRecord Record(const std::string& tenant, const StageChange& change) {
  stage::StageRecord record;
  record.tenant = tenant;
  record.version = change.version;
  record.event_id = change.event_id;
  record.from_stage = change.from;
  record.to_stage = change.to;
  record.effective = change.effective_time;
  record.recorded = change.recorded_time;
  if (change.previous_effective_time.has_value()) {
    record.time_in_previous = change.effective_time - *change.previous_effective_time;
  }
  record.actor = change.actor;
  record.owner = change.owner;
  record.contact = ContactName(change.contact);
  record.lead = NameOf("leads/", change.lead);
  record.opportunity = NameOf("opportunities/", change.opportunity);
  record.win_amount = change.win_amount;
  record.causation_id = change.causation_id;
  record.correlation_id = change.correlation_id;
  record.request_id = change.request_id;
  record.traceparent = change.traceparent;
  return record;
}

}  // namespace

stage::StageRecord ContactRecord(const std::string& tenant, const base::Uuid& contact,
                                 const StageChange& change) {
  stage::StageRecord record = Record(tenant, change);
  record.kind = "contact";
  record.id = contact;
  return record;
}

stage::StageRecord AccountRecord(const std::string& tenant, const base::Uuid& account,
                                 const StageChange& change) {
  stage::StageRecord record = Record(tenant, change);
  record.kind = "account";
  record.id = account;
  record.account = AccountName(account);
  return record;
}

}  // namespace crm::contact
