#include "services/contact/store/contact_stages.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/stage/move_record.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

std::string NameOf(const char* collection, const std::optional<base::Uuid>& id) {
  return id.has_value() ? absl::StrCat(collection, id->ToString()) : std::string();
}

stage::StageRecord Record(const char* kind, const base::TenantKey& thing,
                          const StageChange& change) {
  stage::StageRecord record = stage::MoveRecord(kind, thing, change);
  record.from_stage = change.from;
  record.to_stage = change.to;
  record.reason = change.reason;
  record.note = change.note;
  if (change.previous_effective_time.has_value()) {
    record.time_in_previous = change.effective_time - *change.previous_effective_time;
  }
  record.contact = ContactName(change.contact);
  record.lead = NameOf("leads/", change.lead);
  record.opportunity = NameOf("opportunities/", change.opportunity);
  record.win_amount = change.win_amount;
  if (change.correction) record.change_kind = "CORRECTED";
  if (!change.kind.empty()) record.change_kind = change.kind;
  record.causation_id = change.causation_id;
  record.correlation_id = change.correlation_id;
  return record;
}

}  // namespace

stage::StageRecord StageRecordOf(const base::TenantKey& contact, const StageChange& change) {
  stage::StageRecord record = Record("contact", contact, change);
  record.merged_into = NameOf("contacts/", change.merged_into);
  return record;
}

stage::StageRecord StageRecordOf(const Account& account, const StageChange& change) {
  stage::StageRecord record = Record("account", {account.tenant, account.id}, change);
  record.account = AccountName(account.id);
  record.merged_into = NameOf("accounts/", change.merged_into);
  return record;
}

}  // namespace crm::contact
