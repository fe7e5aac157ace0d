#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/pg/connection.h"
#include "common/pg/migrator.h"

// The command "migrate" of a service program.
namespace crm::serving {

struct MigrateOptions {
  bool check = false;    // only compare
  bool dry_run = false;  // only rehearse
  absl::Duration lock_timeout = pg::kLockTimeout;
  int partitions = 0;  // how many the log is to have; 0: as many as it has
};

// Returns the exit code (see ExitCode). Logs what it did; --check and --dry-run print it.
int RunMigrate(const pg::ConnectionOptions& database, const std::vector<pg::MigrationSet>& sets,
               const MigrateOptions& options);

}  // namespace crm::serving
