#include "common/serving/migrate.h"

#include <cstdio>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/schema_state.h"
#include "common/serving/service.h"

namespace crm::serving {
namespace {

constexpr pg::Statement kSetPartitions = {"migrate_partitions",
                                          "SELECT set_partitions($1::integer)"};

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

// See set_partitions in common/event/migrations.
absl::Status SetPartitions(const pg::ConnectionOptions& database, int partitions) {
  CRM_ASSIGN_OR_RETURN(const auto connection, pg::Connection::Open(database));
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       connection->Query(pg::Tenants::All(), kSetPartitions,
                                         pg::MakeParams(partitions), base::Deadline::After(kLook)));
  pg::RowReader read(rows[0]);
  CRM_ASSIGN_OR_RETURN(const int64_t had, read.Checked(read.Int(0), "event_stream"));
  if (had != partitions) log::Info("the log has more partitions", {{"partitions", partitions}});
  return absl::OkStatus();
}

}  // namespace

int RunMigrate(const pg::ConnectionOptions& database, const std::vector<pg::MigrationSet>& sets,
               const MigrateOptions& options) {
  if (options.check) return Check(database, sets);
  if (options.dry_run) return DryRun(database, sets, options.lock_timeout);
  const absl::StatusOr<int> applied = pg::Migrate(database, sets, options.lock_timeout);
  if (!applied.ok()) return Fail("migration failed", applied.status());
  log::Info("schema is at head", {{"applied", *applied}});
  if (options.partitions > 0) {
    const absl::Status status = SetPartitions(database, options.partitions);
    if (!status.ok()) return Fail("the partitions of the log stay as they were", status);
  }
  return kDone;
}

}  // namespace crm::serving
