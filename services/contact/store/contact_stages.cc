#include "services/contact/store/contact_stages.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

std::string NameOf(const char* collection, const std::optional<base::Uuid>& id) {
  return id.has_value() ? absl::StrCat(collection, id->ToString()) : std::string();
}

stage::StageRecord Record(const char* kind, const std::string& tenant, const base::Uuid& id,
                          const StageChange& change) {
  stage::StageRecord record;
  record.tenant = tenant;
  record.kind = kind;
  record.id = id;
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

stage::StageRecord StageRecordOf(const base::TenantKey& contact, const StageChange& change) {
  return Record("contact", contact.tenant, contact.id, change);
}

stage::StageRecord StageRecordOf(const Account& account, const StageChange& change) {
  stage::StageRecord record = Record("account", account.tenant, account.id, change);
  record.account = AccountName(account.id);
  return record;
}

}  // namespace crm::contact
