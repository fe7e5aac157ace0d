// The contacts of an import.

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/deal_chain.h"
#include "clients/crmctl/import/import_run.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {

using rpc::FormatName;

namespace {

ContactRecord& ContactOf(ImportRow& row) { return std::get<ContactRecord>(row.record.thing); }

}  // namespace

std::optional<base::Uuid> HolderOf(const absl::Status& refusal) {
  const std::optional<error::Details> details = error::DetailsOf(refusal);
  if (!details || details->reason != "DUPLICATE_CONTACT") return std::nullopt;
  for (const auto& [key, value] : details->metadata) {
    if (key != "contacts") continue;
    return base::Uuid::Parse(absl::StripPrefix(value.substr(0, value.find(',')), "contacts/"));
  }
  return std::nullopt;
}

void ImportRun::ReadContacts(RowWindow* window) {
  std::vector<std::string> names;
  auto rows = std::make_shared<absl::flat_hash_map<std::string, ImportRow*>>();
  for (ImportRow& row : window->rows) {
    names.push_back(FormatName("contacts", ContactOf(row).id));
    rows->emplace(names.back(), &row);
  }
  Read<contact::v1::BatchGetContactsRequest>(window, names, [this, rows](const auto& page) {
    for (const contact::v1::Contact& contact : page.contacts()) {
      const auto found = rows->find(contact.name());
      if (found == rows->end()) continue;
      ImportRow& row = *found->second;
      // One that was merged into another goes on in that.
      if (contact.has_delete_time() && contact.merged_into().empty()) {
        deleted_contacts_.insert(ContactOf(row).id);
        continue;
      }
      row.there = true;
      if (Updates()) row.contact = contact;
    }
  });
}

// What hangs on a contact in whose place another one is used hangs on that one.
base::Uuid ImportRun::Resolved(const base::Uuid& contact) const {
  const auto it = attached_.find(contact);
  return it == attached_.end() ? contact : it->second;
}

void ImportRun::ResolveReference(ContactRecord* record) const {
  if (record->reference.empty() || attached_.empty()) return;
  record->reference_id = Resolved(record->reference_id);
  const std::string name = FormatName("contacts", record->reference_id);
  if (record->contact.has_organization()) {
    record->contact.mutable_organization()->set_parent_organization(name);
  }
  for (auto& employment : *record->contact.mutable_employments()) {
    employment.set_organization(name);
  }
}

void ImportRun::StartContact(ImportRow* row) {
  ContactRecord& record = ContactOf(*row);
  ResolveReference(&record);
  missing_contacts_.erase(record.id);
  if (deleted_contacts_.contains(record.id)) return FinishAs(row, &FileOutcome::deleted);
  if (row->there) {
    const bool older = Updates() && IsOlder(record.contact.attributes(), row->contact.attributes());
    if (older) return FinishOlder(row);
    const bool changes = Updates() && ChangesOf(file(), record, row->contact);
    return changes ? UpdateContact(row) : FinishAs(row, &FileOutcome::unchanged);
  }
  if (!record.reference.empty() && missing_contacts_.contains(record.reference_id)) {
    missing_contacts_.insert(record.id);
    Reject(row->record, absl::StrCat(Shown(record.reference), " could not be imported"));
    return Finish(row);
  }
  CreateContact(row, /*reach=*/true);
}

void ImportRun::FailContact(ImportRow* row, const absl::Status& status) {
  missing_contacts_.insert(ContactOf(*row).id);
  FinishFailed(row, status, "contact");
}

void ImportRun::UpdateContact(ImportRow* row) {
  const ContactRecord& record = ContactOf(*row);
  auto changes = ChangesOf(file(), record, row->contact);
  changes->set_request_id(ids_.RequestId(
      NameOf(entity()), record.key,
      absl::StrCat("update ", changes->contact().etag(), " ", changes->ShortDebugString())));
  calls_.StartUnread(*changes, [this, row](absl::Status status) {
    if (status.ok()) return FinishAs(row, &FileOutcome::updated);
    if (stopped_) return Finish(row);
    // It is there: what hangs on it can be imported.
    FinishFailed(row, status, "update");
  });
}

void ImportRun::CreateContact(ImportRow* row, bool reach) {
  const ContactRecord& record = ContactOf(*row);
  contact::v1::CreateContactRequest request = requests_.Contact(record, entity());
  if (!reach) {
    request.mutable_contact()->clear_emails();
    request.set_request_id(ids_.RequestId(NameOf(entity()), record.key, "create without e-mail"));
  }
  calls_.StartUnread(request, [this, row, reach](absl::Status status) {
    if (status.ok()) return FinishAs(row, &FileOutcome::created);
    if (stopped_) return Finish(row);
    CheckContact(row, std::move(status), reach);
  });
}

void ImportRun::CheckContact(ImportRow* row, absl::Status refusal, bool reach) {
  if (!absl::IsAlreadyExists(refusal)) return FailContact(row, refusal);
  contact::v1::GetContactRequest request;
  request.set_name(FormatName("contacts", ContactOf(*row).id));
  calls_.Start(request, [this, row, reach, refusal = std::move(refusal)](auto answer) {
    if (stopped_) return Finish(row);
    if (answer.ok() && !answer->contact().has_delete_time()) {
      return FinishAs(row, &FileOutcome::unchanged);
    }
    OnDuplicate(row, refusal, reach);
  });
}

void ImportRun::OnDuplicate(ImportRow* row, const absl::Status& refusal, bool reach) {
  const ContactRecord& record = ContactOf(*row);
  const std::optional<base::Uuid> holder = HolderOf(refusal);
  if (holder && mapping_.duplicates == Mapping::Duplicates::kAttach) {
    attached_[record.id] = *holder;
    Warn(row, absl::StrCat("another contact has its e-mail address or domain: ",
                           FormatName("contacts", *holder), " is used in its place"));
    return FinishAs(row, &FileOutcome::unchanged);
  }
  const bool drops = mapping_.duplicates == Mapping::Duplicates::kDrop &&
                     error::ReasonOf(refusal) == "DUPLICATE_CONTACT";
  if (!drops || !reach || record.contact.emails().empty()) return FailContact(row, refusal);
  Warn(row, "email: another contact has it; left out");
  CreateContact(row, /*reach=*/false);
}

}  // namespace crm::crmctl
