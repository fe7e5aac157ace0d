#pragma once

#include <string>
#include <vector>

#include "common/aggregate/table.h"
#include "common/pg/migrator.h"
#include "services/contact/domain/contact.h"
#include "services/contact/store/contact_fields.h"
#include "services/contact/store/contact_taken.h"

namespace crm::contact {

// The service's own tables.
pg::MigrationSet Migrations();

// Rows, keys and references of contacts. Creating and editing is optimistic: a taken key, id, or a
// reference that is no live organization makes the transaction fail retryably, and only then
// RefuseTaken asks row by row.
class ContactTable final : public aggregate::Table<Contact> {
 public:
  const pg::Statement& SelectForUpdate() const override;
  const pg::Statement& Select() const override;
  absl::StatusOr<Contact> Read(const pg::Row& row) const override;
  aggregate::Fields<Contact> StoredFields() const override { return ContactFieldTable(); }
  absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Contact> contacts,
                             absl::Span<absl::Status> refusals) const override {
    return RefuseTaken(transaction, contacts, refusals);
  }
  absl::Status Insert(pg::Transaction& transaction,
                      aggregate::Writes<Contact> contacts) const override;
  absl::Status Update(pg::Transaction& transaction,
                      aggregate::Writes<Contact> contacts) const override;
  void AppendStages(const Contact& contact, std::vector<stage::StageRecord>& out) const override;
  std::string Name(const aggregate::Key& key) const override;
};

}  // namespace crm::contact
