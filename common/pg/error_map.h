#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::pg {

// What PostgreSQL said, kept in a private payload of the status: the five-character SQLSTATE and
// the name of the violated constraint, each empty when unknown. Neither ever leaves the process.
struct SqlFailure {
  std::string sqlstate;
  std::string constraint;
};

// The failure behind a status of this library; empty fields if it does not come from PostgreSQL.
SqlFailure SqlFailureOf(const absl::Status& status);

// True if a fresh attempt of the whole transaction may succeed: serialization failure, deadlock, or
// a unique violation (somebody else was first; a second look will see their row).
bool IsRetryable(const absl::Status& status);

// The violated unique constraint's name, empty if the status is no unique violation.
std::string ViolatedUnique(const absl::Status& status);

// UNAVAILABLE with advice when to try again, DATABASE_UNAVAILABLE: nothing was done; and
// COMMIT_IN_DOUBT: perhaps all was done. `why` is for the log.
absl::Status DatabaseUnavailable(absl::string_view why);
absl::Status CommitInDoubt(absl::string_view why);

// Must be called inside a catch block: turns the exception in flight into a status.
//   broken connection            UNAVAILABLE  DATABASE_UNAVAILABLE
//   57014 (statement timeout)    DEADLINE_EXCEEDED
//   40001, 40P01                 ABORTED  WRITE_CONFLICT, with RetryInfo; retryable
//   anything else                INTERNAL; the real text only in the private payload
absl::Status StatusOfCurrentException();

}  // namespace crm::pg
