#include "common/pg/error_map.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <pqxx/except>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "common/error/error.h"

namespace crm::pg {
namespace {

constexpr char kPayload[] = "crm.pg/sqlstate";
constexpr char kReadOnly[] = "25006";

absl::Status WithState(absl::Status status, const std::string& sqlstate) {
  status.SetPayload(kPayload, absl::Cord(sqlstate));
  return status;
}

// What PostgreSQL says in its first line. The lines after it (DETAIL, CONTEXT) may hold values of
// rows, which do not belong in a log.
absl::string_view FirstLine(absl::string_view what) { return what.substr(0, what.find('\n')); }

// Serialization failures and deadlocks: tried again by RunInTransaction, told when that does not
// help.
absl::Status Conflict(const char* sqlstate, const char* what) {
  return WithState(error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                                "The change met others that were made at the same time; try again.")
                       .RetryAfter(absl::Milliseconds(200))
                       .Private(FirstLine(what)),
                   sqlstate);
}

// libpqxx 6.4 forgets the state of this one.
std::string StateOf(const pqxx::sql_error& failure) {
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&failure) != nullptr) return "42501";
  return failure.sqlstate();
}

// As good as no connection: the call is right, and will do once an operator has acted.
bool LacksWhatItNeeds(absl::string_view state) {
  constexpr absl::string_view kStates[] = {
      kReadOnly,  // no longer the primary
      "53000",    // resources, of whatever kind
      "53100",    // disk
      "53200",    // memory
      "53300",    // connections
      "58000",    // the system
      "58030",    // reading or writing files
  };
  // Shutting down, starting up; a connection's failures.
  return absl::StartsWith(state, "57P") || absl::StartsWith(state, "08") ||
         std::find(std::begin(kStates), std::end(kStates), state) != std::end(kStates);
}

absl::Status StatusOfSqlError(const pqxx::sql_error& failure) {
  const absl::string_view text = FirstLine(failure.what());
  const std::string state = StateOf(failure);
  if (state == "57014") {
    return WithState(error::DeadlinePassed().Private(text), state);
  }
  if (LacksWhatItNeeds(state)) {
    return WithState(DatabaseUnavailable(text), state);
  }
  return WithState(error::Internal(text), state);
}

}  // namespace

absl::Status DatabaseUnavailable(absl::string_view why) {
  return error::Unavailable(error::kDatabaseUnavailable, "The database is unavailable.",
                            absl::Milliseconds(200))
      .Private(why);
}

absl::Status CommitInDoubt(absl::string_view why) {
  return error::Unavailable(error::kCommitInDoubt,
                            "The connection broke at commit; retry with the same request_id.",
                            absl::Milliseconds(200))
      .Private(why);
}

std::string SqlStateOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  return payload.has_value() ? std::string(*payload) : "";
}

bool IsRetryable(const absl::Status& status) {
  const std::string state = SqlStateOf(status);
  return state == "40001" || state == "40P01" || state == "23505";
}

bool IsReadOnly(const absl::Status& status) { return SqlStateOf(status) == kReadOnly; }

absl::Status StatusOfCurrentException() {
  try {
    throw;
  } catch (const pqxx::broken_connection& failure) {
    return DatabaseUnavailable(FirstLine(failure.what()));
  } catch (const pqxx::deadlock_detected& failure) {
    return Conflict("40P01", failure.what());
  } catch (const pqxx::serialization_failure& failure) {
    return Conflict("40001", failure.what());
  } catch (const pqxx::sql_error& failure) {
    return StatusOfSqlError(failure);
  } catch (const std::exception& failure) {
    return error::Internal(FirstLine(failure.what()));
  }
}

}  // namespace crm::pg
