#include <absl/strings/str_cat.h>

#include "clients/crmctl/import/row_records.h"
#include "clients/crmctl/import/row_words.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

// The customer: an organization, or a person, whose sales are those of who employs it.
void ReadCustomer(const ImportIds& ids, const Known& known, RowValues* values,
                  AccountRecord* record) {
  struct Place {
    const char* field;
    bool organization, person;  // which it may be
  };
  const char* named = nullptr;
  for (const Place& place :
       {Place{"organization", true, false}, {"contact", false, true}, {"customer", true, true}}) {
    std::string key = values->Reference(place.field);
    if (key.empty()) continue;
    named = place.field;
    record->reference = key;
    const base::Uuid organization = ids.Organization(key);
    const base::Uuid person = ids.Person(key);
    if (place.organization && known.organizations->Contains(organization)) {
      record->customer_id = organization;
      return;
    }
    if (place.person && known.persons->Contains(person)) {
      const std::optional<std::string> employer = known.employers->Find(person);
      const auto id = employer ? base::Uuid::Parse(*employer) : std::nullopt;
      record->customer_id = id.value_or(person);
      return;
    }
  }
  if (named != nullptr) return values->Refuse(named, NotImportable(record->reference));
  for (const char* field : {"organization", "contact", "customer"}) {
    if (values->Maps(field)) return values->Refuse(field, "is required");
  }
}

void ReadMembers(const ImportIds& ids, const Known& known, RowValues* values,
                 AccountRecord* record) {
  type::v1::BuyingRole role = type::v1::BUYING_ROLE_UNSPECIFIED;
  ReadWord(values, "member_role", "BUYING_ROLE_", type::v1::BuyingRole_Parse, &role);
  for (const std::string& key : values->Texts("members")) {
    const base::Uuid person = ids.Person(key);
    if (!known.persons->Contains(person)) {
      values->Problem("members", NotImportable(key));
      continue;
    }
    contact::v1::AccountMember& member = record->members.emplace_back();
    member.set_contact(rpc::FormatName("contacts", person));
    member.set_role(role);
  }
}

}  // namespace

AccountRecord ReadAccount(const ImportIds& ids, const Mapping& mapping, const Known& known,
                          RowValues* values) {
  AccountRecord record;
  record.key = values->Key();
  ReadCustomer(ids, known, values, &record);
  record.owner = values->Text("owner");
  ReadMembers(ids, known, values, &record);
  ReadWord(values, "status", "ACCOUNT_STATUS_", contact::v1::AccountStatus_Parse, &record.status,
           contact::v1::ACCOUNT_STATUS_MERGED);
  record.closed = values->Date("closed");
  ReadWord(values, "close_reason", "ACCOUNT_CLOSE_REASON_", contact::v1::AccountCloseReason_Parse,
           &record.close_reason);
  record.close_note = values->Text("close_note");
  record.attributes = values->Attributes();
  record.attributes[kExternalIdAttribute] = record.key;
  SetAsOf(mapping, values, [&](std::string key, std::string value) {
    record.attributes[std::move(key)] = std::move(value);
  });
  record.sales = known.customers->Find(record.customer_id).value_or(0);
  if (record.sales == 0 && values->problems().empty()) {
    values->Warn(absl::StrCat(Shown(record.reference),
                              " has no sale among the files before: nothing is said of its "
                              "account unless it has one already"));
  }
  return record;
}

}  // namespace crm::crmctl
