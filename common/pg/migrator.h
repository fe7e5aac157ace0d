#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/pg/connection.h"

namespace crm::pg {

struct Migration {
  int number;        // 1, 2, 3… without holes within its module
  std::string name;  // file name without number and ending
  // Runs for all tenants (see Tenants). Calls wall_tenants('name', …) for tables of tenants' data.
  std::string sql;
  // Programs whose own last migration of the module has a lower number cannot serve with this one:
  // it takes away what they use. 0: all can. In a file: a line "-- oldest program: 5".
  int oldest_program = 0;
};

// A module's append-only series. Libraries with tables of their own (event, idempotency) and the
// service itself are one module each, applied in the order given.
struct MigrationSet {
  std::string module;
  std::vector<Migration> migrations;
  // The program can serve once it has this migration and those before; nullopt: only with all.
  std::optional<int> minimum = std::nullopt;
};

inline constexpr absl::Duration kLockTimeout = absl::Seconds(5);

// Brings `options.schema` to head under an advisory lock: creates the schema if it is missing,
// applies what the table schema_migrations does not list, each migration in a transaction of its
// own. Each waits at most `lock_timeout` for a table's lock, and fails then; there is no other
// limit of time: migrations take what they take. FAILED_PRECONDITION, and no other error is, if an
// applied migration's checksum changed or the database knows one that this program does not.
// Returns how many were applied. Any number of processes may call it at once.
absl::StatusOr<int> Migrate(const ConnectionOptions& options, const std::vector<MigrationSet>& sets,
                            absl::Duration lock_timeout = kLockTimeout);

// Does all that in one transaction and rolls it back: until then it holds all the locks that the
// migrations take. Returns what would be applied ("lead/0002_statistics"), in order; errors as
// above.
absl::StatusOr<std::vector<std::string>> Rehearse(const ConnectionOptions& options,
                                                  const std::vector<MigrationSet>& sets,
                                                  absl::Duration lock_timeout = kLockTimeout);

}  // namespace crm::pg
