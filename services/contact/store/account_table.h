#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/aggregate/table.h"
#include "common/pg/params.h"
#include "common/pg/rows.h"
#include "services/contact/domain/account.h"
#include "services/contact/store/contact_fields.h"

namespace crm::contact {

// One row of kSelectAccounts, kLockAccounts or kListAccounts. DATA_LOSS DATA_DAMAGED if it cannot
// be read.
absl::StatusOr<Account> ReadAccount(const pg::Row& row);

// One row of kWriteAccounts.
void AddAccountRow(pg::Columns& columns, const Account& account);

// Accounts as people change them. They are opened, and wins are added, by the lifecycle, whose
// batches lock the same rows. Insert is INTERNAL.
class AccountTable final : public aggregate::Table<Account> {
 public:
  const pg::Statement& SelectForUpdate() const override;
  const pg::Statement& Select() const override;
  absl::StatusOr<Account> Read(const pg::Row& row) const override { return ReadAccount(row); }
  aggregate::Fields<Account> StoredFields() const override { return AccountFieldTable(); }
  absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Account> accounts,
                             absl::Span<absl::Status> refusals) const override;
  absl::Status Insert(pg::Transaction& transaction,
                      aggregate::Writes<Account> accounts) const override;
  absl::Status Update(pg::Transaction& transaction,
                      aggregate::Writes<Account> accounts) const override;
  void AppendStages(const Account& account, std::vector<stage::StageRecord>& out) const override;
  std::string Name(const aggregate::Key& key) const override;
};

}  // namespace crm::contact
