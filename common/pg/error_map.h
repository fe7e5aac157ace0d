#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::pg {

// The five-character SQLSTATE behind a status of this library, empty if it does not come from
// PostgreSQL. It stands in a private payload and never leaves the process.
std::string SqlStateOf(const absl::Status& status);

// True if a fresh attempt of the whole transaction may succeed: serialization failure, deadlock, or
// a unique violation (somebody else was first; a second look will see their row).
bool IsRetryable(const absl::Status& status);

// True if the server took no change since it is a standby, or was told to take none: certainly
// nothing was done.
bool IsReadOnly(const absl::Status& status);

// UNAVAILABLE with advice when to try again, DATABASE_UNAVAILABLE: nothing was done; and
// COMMIT_IN_DOUBT: perhaps all was done. `why` is for the log.
absl::Status DatabaseUnavailable(absl::string_view why);
absl::Status CommitInDoubt(absl::string_view why);

// Must be called inside a catch block: turns the exception in flight into a status.
//   broken connection            UNAVAILABLE  DATABASE_UNAVAILABLE
//   57P.., 08.., 53300, 25006    the same: the server goes, comes, is full, or is a standby
//   57014 (statement timeout)    DEADLINE_EXCEEDED
//   40001, 40P01                 ABORTED  WRITE_CONFLICT, with RetryInfo; retryable
//   anything else                INTERNAL; the real text only in the private payload
absl::Status StatusOfCurrentException();

}  // namespace crm::pg
