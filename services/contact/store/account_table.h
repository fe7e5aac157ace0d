#pragma once

#include "absl/status/statusor.h"
#include "common/pg/params.h"
#include "common/pg/rows.h"
#include "services/contact/domain/account.h"

namespace crm::contact {

// One row of kSelectAccounts, kLockAccounts or kListAccounts. DATA_LOSS DATA_DAMAGED if it cannot
// be read.
absl::StatusOr<Account> ReadAccount(const pg::Row& row);

// One row of kWriteAccounts.
void AddAccountRow(pg::Columns& columns, const Account& account);

}  // namespace crm::contact
