#include "common/pg/migrator.h"

#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/error/error.h"
#include "common/pg/params.h"

namespace crm::pg {
namespace {

using Applied = std::map<std::pair<std::string, int>, std::string>;  // → checksum

constexpr Statement kApplied{"migrations_applied",
                             "SELECT module, number, checksum FROM schema_migrations"};
constexpr Statement kRecord{"migrations_record",
                            "INSERT INTO schema_migrations (module, number, name, checksum) "
                            "VALUES ($1::text, $2::int, $3::text, $4::text)"};

std::string Checksum(const Migration& migration) {
  return base::Uuid::V5(base::Uuid(), migration.sql).ToString();
}

std::string Label(const MigrationSet& set, const Migration& migration) {
  return absl::StrFormat("%s/%04d_%s", set.module, migration.number, migration.name);
}

absl::Status OutOfStep(const std::string& message) {
  return absl::FailedPreconditionError(message);
}

absl::StatusOr<Applied> ReadApplied(Connection& connection, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const Rows rows, connection.Query(kApplied, Params(), deadline));
  Applied applied;
  for (const Row row : rows) {
    applied[{row.Text(0), static_cast<int>(row.Int(1))}] = row.Text(2);
  }
  return applied;
}

absl::Status CheckKnown(const Applied& applied, const std::vector<MigrationSet>& sets) {
  Applied known;
  for (const MigrationSet& set : sets) {
    for (const Migration& migration : set.migrations) {
      known[{set.module, migration.number}] = Checksum(migration);
    }
  }
  for (const auto& [key, checksum] : applied) {
    const auto found = known.find(key);
    const std::string label = absl::StrCat(key.first, "/", key.second);
    if (found == known.end()) {
      return OutOfStep(absl::StrCat("migration ", label, " is newer than this binary"));
    }
    if (found->second != checksum) {
      return OutOfStep(absl::StrCat("migration ", label, " was changed after it was applied"));
    }
  }
  return absl::OkStatus();
}

absl::Status Apply(Connection& connection, const MigrationSet& set, const Migration& migration) {
  CRM_RETURN_IF_ERROR(connection.Execute("BEGIN").status());
  absl::Status status = connection.Execute(migration.sql).status();
  if (status.ok()) {
    status = connection
                 .Query(kRecord, MakeParams(set.module, migration.number, migration.name,
                                            Checksum(migration)))
                 .status();
  }
  if (!status.ok()) {
    (void)connection.Execute("ROLLBACK");
    return absl::Status(status.code(),
                        absl::StrCat("migration ", Label(set, migration), ": ", status.message(),
                                     " ", error::PrivateTextOf(status)));
  }
  return connection.Execute("COMMIT").status();
}

absl::StatusOr<int> ApplyMissing(Connection& connection, const std::vector<MigrationSet>& sets) {
  CRM_ASSIGN_OR_RETURN(const Applied applied, ReadApplied(connection, base::Deadline::None()));
  CRM_RETURN_IF_ERROR(CheckKnown(applied, sets));
  int count = 0;
  for (const MigrationSet& set : sets) {
    for (const Migration& migration : set.migrations) {
      if (applied.count({set.module, migration.number}) > 0) continue;
      CRM_RETURN_IF_ERROR(Apply(connection, set, migration));
      ++count;
    }
  }
  return count;
}

}  // namespace

absl::StatusOr<int> Migrate(const ConnectionOptions& options,
                            const std::vector<MigrationSet>& sets) {
  ConnectionOptions patient = options;
  patient.round_trip_limit = absl::InfiniteDuration();  // migrations take what they take
  CRM_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(patient));
  // The lock goes with the session. lock_timeout comes after it: waiting for another migration is
  // fine, waiting behind a reader with the table locked is not.
  CRM_RETURN_IF_ERROR(connection
                          ->Execute(absl::StrCat(
                              "SELECT pg_advisory_lock(hashtext('migrate ", options.schema,
                              "')); SET lock_timeout TO '5s'; "
                              "DO $$ BEGIN IF to_regnamespace('",
                              options.schema, "') IS NULL THEN CREATE SCHEMA ", options.schema,
                              "; END IF; END $$; CREATE TABLE IF NOT EXISTS schema_migrations ("
                              "module text NOT NULL, number int NOT NULL, name text NOT NULL, "
                              "checksum text NOT NULL, "
                              "apply_time timestamptz NOT NULL DEFAULT now(), "
                              "CONSTRAINT schema_migrations_pkey PRIMARY KEY (module, number)); "
                              // Every role that may use the schema may ask whether it is at head.
                              "GRANT SELECT ON schema_migrations TO PUBLIC"))
                          .status());
  return ApplyMissing(*connection, sets);
}

absl::Status CheckAtHead(Connection& connection, const std::vector<MigrationSet>& sets,
                         base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const Applied applied, ReadApplied(connection, deadline));
  for (const MigrationSet& set : sets) {
    for (const Migration& migration : set.migrations) {
      if (applied.count({set.module, migration.number}) == 0) {
        return OutOfStep(
            absl::StrCat("migration ", Label(set, migration), " is not applied; run migrate"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace crm::pg
