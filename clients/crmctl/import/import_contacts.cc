// The contacts of an import.

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/read_all.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {

using rpc::FormatName;

absl::Status ImportRun::ReadContacts(const LoadedFile& file) {
  std::vector<std::string> names;
  for (const ContactRecord& record : file.contacts) {
    names.push_back(FormatName("contacts", record.id));
  }
  contacts_.clear();
  return ReadAll<contact::v1::BatchGetContactsRequest>(names, [&](const auto& page) {
    for (const contact::v1::Contact& contact : page.contacts()) {
      const auto id = base::Uuid::Parse(absl::string_view(contact.name()).substr(9));
      if (!id) continue;
      // One that was merged into another goes on in that.
      if (contact.has_delete_time() && contact.merged_into().empty()) {
        deleted_contacts_.insert(*id);
      } else if (Updates()) {
        contacts_[*id] = contact;
      } else {
        contacts_[*id].set_name(contact.name());
      }
    }
  });
}

absl::Status ImportRun::RunContacts(const LoadedFile& file) {
  for (const Rejected& each : file.rejected) {
    if (each.key.empty()) continue;
    missing_contacts_.insert(ContactIdOf(ids_, file.mapping->entity, each.key));
  }
  for (const ContactRecord& record : file.contacts) missing_contacts_.erase(record.id);
  CRM_RETURN_IF_ERROR(ReadContacts(file));
  const int levels = file.contacts.empty() ? 0 : file.contacts.back().level + 1;
  for (int level = 0; level < levels && !stopped_; ++level) {
    std::vector<size_t> items;
    for (size_t i = 0; i < file.contacts.size(); ++i) {
      const ContactRecord& record = file.contacts[i];
      if (record.level != level) continue;
      if (deleted_contacts_.contains(record.id)) {
        Count(&FileOutcome::deleted);
      } else if (const auto there = contacts_.find(record.id);
                 there != contacts_.end() &&
                 !(Updates() && ChangesOf(*file.mapping, record, there->second))) {
        Count(&FileOutcome::unchanged);
      } else if (!record.reference.empty() && missing_contacts_.contains(record.reference_id)) {
        missing_contacts_.insert(record.id);
        Reject(record.row, absl::StrCat(Shown(record.reference), " could not be imported"));
      } else {
        items.push_back(i);
      }
    }
    Drive(std::move(items), [this, &file](size_t i) { RunContact(file, file.contacts[i]); });
  }
  return absl::OkStatus();
}

void ImportRun::RunContact(const LoadedFile& file, const ContactRecord& record) {
  contacts_.contains(record.id) ? UpdateContact(file, record)
                                : StartContact(file, record, /*reach=*/true);
}

void ImportRun::FailContact(const ContactRecord& record, const absl::Status& status) {
  missing_contacts_.insert(record.id);
  FinishFailed(record.row, status, "contact");
}

void ImportRun::UpdateContact(const LoadedFile& file, const ContactRecord& record) {
  auto changes = ChangesOf(*file.mapping, record, contacts_.at(record.id));
  changes->set_request_id(ids_.RequestId(
      NameOf(file.mapping->entity), record.key,
      absl::StrCat("update ", changes->contact().etag(), " ", changes->ShortDebugString())));
  calls_.StartUnread(*changes, [this, &record](absl::Status status) {
    if (status.ok()) return FinishAs(&FileOutcome::updated);
    if (stopped_) return Finish();
    // It is there: what hangs on it can be imported.
    FinishFailed(record.row, status, "update");
  });
}

void ImportRun::StartContact(const LoadedFile& file, const ContactRecord& record, bool reach) {
  contact::v1::CreateContactRequest request = requests_.Contact(record, file.mapping->entity);
  if (!reach) {
    request.mutable_contact()->clear_emails();
    request.set_request_id(
        ids_.RequestId(NameOf(file.mapping->entity), record.key, "create without e-mail"));
  }
  calls_.StartUnread(request, [this, &file, &record, reach](absl::Status status) {
    if (status.ok()) return FinishAs(&FileOutcome::created);
    if (stopped_) return Finish();
    CheckContact(file, record, std::move(status), reach);
  });
}

void ImportRun::CheckContact(const LoadedFile& file, const ContactRecord& record,
                             absl::Status refusal, bool reach) {
  const bool drops = mapping_.duplicates == Mapping::Duplicates::kDrop;
  if (!absl::IsAlreadyExists(refusal)) return FailContact(record, refusal);
  contact::v1::GetContactRequest request;
  request.set_name(FormatName("contacts", record.id));
  calls_.Start(request,
               [this, &file, &record, drops, reach, refusal = std::move(refusal)](auto answer) {
                 if (stopped_) return Finish();
                 if (answer.ok() && !answer->contact().has_delete_time()) {
                   return FinishAs(&FileOutcome::unchanged);
                 }
                 if (!reach || !drops || record.contact.emails().empty() ||
                     error::ReasonOf(refusal) != "DUPLICATE_CONTACT") {
                   return FailContact(record, refusal);
                 }
                 Warn(record.row, "email: another contact has it; left out");
                 StartContact(file, record, /*reach=*/false);
               });
}

}  // namespace crm::crmctl
