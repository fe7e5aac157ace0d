#include "common/serving/migrate.h"

#include <cstdio>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"
#include "common/pg/schema_state.h"
#include "common/serving/service.h"

namespace crm::serving {
namespace {

// What one look at the schema may take.
constexpr absl::Duration kLook = absl::Seconds(10);

int Fail(const char* what, const absl::Status& status) {
  log::Error(what, {{"error", status.ToString()}, {"detail", error::PrivateTextOf(status)}});
  return absl::IsFailedPrecondition(status) ? kOutOfStep : kFailed;
}

absl::StatusOr<pg::SchemaReport> Look(const pg::ConnectionOptions& database,
                                      const std::vector<pg::MigrationSet>& sets) {
  CRM_ASSIGN_OR_RETURN(const auto connection, pg::Connection::Open(database));
  CRM_ASSIGN_OR_RETURN(const pg::Applied applied,
                       pg::ReadApplied(*connection, base::Deadline::After(kLook)));
  return pg::Compare(applied, sets);
}

int Check(const pg::ConnectionOptions& database, const std::vector<pg::MigrationSet>& sets) {
  const absl::StatusOr<pg::SchemaReport> report = Look(database, sets);
  if (!report.ok()) return Fail("the schema cannot be read", report.status());
  switch (report->state) {
    case pg::SchemaState::kAtHead:
      std::printf("The schema is at head.\n");
      return kDone;
    case pg::SchemaState::kBehind:
      std::printf("The schema is behind. Missing:\n");
      for (const std::string& label : report->missing) std::printf("%s\n", label.c_str());
      return kBehind;
    case pg::SchemaState::kNewer:
    case pg::SchemaState::kChanged:
      break;
  }
  std::printf("The schema is out of step: %s.\n", report->problem.c_str());
  return kOutOfStep;
}

int DryRun(const pg::ConnectionOptions& database, const std::vector<pg::MigrationSet>& sets,
           absl::Duration lock_timeout) {
  const auto rehearsed = pg::Rehearse(database, sets, lock_timeout);
  if (!rehearsed.ok()) return Fail("the rehearsal failed", rehearsed.status());
  std::printf("%zu migrations would be applied; each was tried and all were rolled back.\n",
              rehearsed->size());
  for (const std::string& label : *rehearsed) std::printf("%s\n", label.c_str());
  return kDone;
}

}  // namespace

int RunMigrate(const pg::ConnectionOptions& database, const std::vector<pg::MigrationSet>& sets,
               const MigrateOptions& options) {
  if (options.check) return Check(database, sets);
  if (options.dry_run) return DryRun(database, sets, options.lock_timeout);
  const absl::StatusOr<int> applied = pg::Migrate(database, sets, options.lock_timeout);
  if (!applied.ok()) return Fail("migration failed", applied.status());
  log::Info("schema is at head", {{"applied", *applied}});
  return kDone;
}

}  // namespace crm::serving
