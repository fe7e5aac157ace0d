#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/pg/connection.h"

namespace crm::pg {

struct Migration {
  int number;        // 1, 2, 3… without holes within its module
  std::string name;  // file name without number and ending
  std::string sql;
};

// A module's append-only series. Libraries with tables of their own (event, idempotency) and the
// service itself are one module each, applied in the order given.
struct MigrationSet {
  std::string module;
  std::vector<Migration> migrations;
};

// Brings `options.schema` to head under an advisory lock: creates the schema if it is missing,
// applies what the table schema_migrations does not list, each migration in a transaction of its
// own, with a lock_timeout. No limit of time: migrations take what they take. FAILED_PRECONDITION
// if an applied migration's checksum changed or the database knows one that this binary does not.
// Returns how many were applied. Any number of processes may call it at once.
absl::StatusOr<int> Migrate(const ConnectionOptions& options,
                            const std::vector<MigrationSet>& sets);

// OK if every migration of `sets` is applied; FAILED_PRECONDITION naming the first missing one.
absl::Status CheckAtHead(Connection& connection, const std::vector<MigrationSet>& sets,
                         base::Deadline deadline);

}  // namespace crm::pg
