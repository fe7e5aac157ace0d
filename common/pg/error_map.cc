#include "common/pg/error_map.h"

#include <exception>
#include <pqxx/except>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/error/error.h"

namespace crm::pg {
namespace {

constexpr char kPayload[] = "crm.pg/failure";

absl::Status WithFailure(absl::Status status, const std::string& sqlstate,
                         const std::string& constraint) {
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(sqlstate, "/", constraint)));
  return status;
}

// libpqxx has no accessor: the name stands in quotes after the word.
std::string ConstraintIn(const std::string& text) {
  const size_t word = text.find("constraint \"");
  if (word == std::string::npos) return "";
  const size_t begin = word + 12;
  return text.substr(begin, text.find('"', begin) - begin);
}

// Serialization failures and deadlocks: tried again by RunInTransaction, told when that does not
// help.
absl::Status Conflict(const char* sqlstate, const char* what) {
  return WithFailure(
      error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                   "The change met others that were made at the same time; try again.")
          .RetryAfter(absl::Milliseconds(200))
          .Private(what),
      sqlstate, "");
}

absl::Status StatusOfSqlError(const pqxx::sql_error& failure) {
  const std::string text = failure.what();
  const std::string& state = failure.sqlstate();
  if (state == "57014") {
    return WithFailure(error::DeadlinePassed().Private(text), state, "");
  }
  if (state == "40001" || state == "40P01") {
    return Conflict(state.c_str(), text.c_str());
  }
  // Shutting down, starting up, too many connections: as good as no connection.
  if (absl::StartsWith(state, "57P") || absl::StartsWith(state, "08") || state == "53300") {
    return WithFailure(DatabaseUnavailable(text), state, "");
  }
  return WithFailure(error::Internal(text), state, ConstraintIn(text));
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

SqlFailure SqlFailureOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return {};
  const std::vector<std::string> parts =
      absl::StrSplit(std::string(*payload), absl::MaxSplits('/', 1));
  return {parts[0], parts[1]};
}

bool IsRetryable(const absl::Status& status) {
  const std::string state = SqlFailureOf(status).sqlstate;
  return state == "40001" || state == "40P01" || state == "23505";
}

std::string ViolatedUnique(const absl::Status& status) {
  const SqlFailure failure = SqlFailureOf(status);
  return failure.sqlstate == "23505" ? failure.constraint : "";
}

absl::Status StatusOfCurrentException() {
  try {
    throw;
  } catch (const pqxx::broken_connection& failure) {
    return DatabaseUnavailable(failure.what());
  } catch (const pqxx::deadlock_detected& failure) {
    return Conflict("40P01", failure.what());
  } catch (const pqxx::serialization_failure& failure) {
    return Conflict("40001", failure.what());
  } catch (const pqxx::sql_error& failure) {
    return StatusOfSqlError(failure);
  } catch (const std::exception& failure) {
    return error::Internal(failure.what());
  }
}

}  // namespace crm::pg
