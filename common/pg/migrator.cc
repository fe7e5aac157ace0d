#include "common/pg/migrator.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/schema_state.h"

namespace crm::pg {
namespace {

constexpr Statement kRecord{
    "migrations_record",
    "INSERT INTO schema_migrations (module, number, name, checksum, oldest_program) "
    "VALUES ($1::text, $2::int, $3::text, $4::text, $5::int)"};

// The lock goes with the session. lock_timeout comes after it: waiting for another migration is
// fine, waiting behind a reader with the table locked is not.
std::string LockText(const std::string& schema, absl::Duration lock_timeout) {
  return absl::StrCat("SELECT pg_advisory_lock(hashtext('migrate ", schema,
                      "')); SET lock_timeout TO ", absl::ToInt64Milliseconds(lock_timeout));
}

// The schema and its list of migrations. A list that is there is not locked.
std::string ListText(const std::string& schema) {
  return absl::StrCat(
      "DO $$ BEGIN IF to_regnamespace('", schema, "') IS NULL THEN CREATE SCHEMA ", schema,
      "; END IF; END $$; CREATE TABLE IF NOT EXISTS schema_migrations ("
      "module text NOT NULL, number int NOT NULL, name text NOT NULL, checksum text NOT NULL, "
      "apply_time timestamptz NOT NULL DEFAULT now(), "
      "CONSTRAINT schema_migrations_pkey PRIMARY KEY (module, number)); "
      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = "
      "'schema_migrations'::regclass AND attname = 'oldest_program') THEN "
      "ALTER TABLE schema_migrations ADD COLUMN oldest_program int NOT NULL DEFAULT 0; "
      // Every role that may use the schema may ask whether it is at head.
      "GRANT SELECT ON schema_migrations TO PUBLIC; END IF; END $$;");
}

// For migrations that make tables with a column `tenant`: CALL wall_tenants('contact', 'account').
// From then on a session sees and writes the rows of the tenants that its setting crm.tenants names
// (see Tenants), the owner's sessions too. A sub-select, so that the setting is taken apart once
// for a statement and not for each row; a CASE, so that it is no index condition. A session that
// never said anything is that of a program from before the walls and sees all; bootstrap.sql gives
// the roles a setting that says none.
constexpr char kWalls[] = R"sql(
CREATE OR REPLACE PROCEDURE wall_tenants(VARIADIC tables text[]) LANGUAGE plpgsql AS $walls$
DECLARE
  walled text;
BEGIN
  FOREACH walled IN ARRAY tables LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format($policy$
      CREATE POLICY tenants ON %I USING (CASE
        WHEN tenant = ANY ((SELECT string_to_array(current_setting('crm.tenants', true), ','))::text[])
        THEN true ELSE coalesce(current_setting('crm.tenants', true), '*') = '*' END)
    $policy$, walled);
  END LOOP;
END $walls$)sql";

absl::StatusOr<std::unique_ptr<Connection>> OpenLocked(const ConnectionOptions& options,
                                                       absl::Duration lock_timeout) {
  ConnectionOptions patient = options;
  patient.round_trip_limit = absl::InfiniteDuration();  // migrations take what they take
  CRM_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(patient));
  CRM_RETURN_IF_ERROR(connection->Execute(LockText(options.schema, lock_timeout)).status());
  return connection;
}

// Of all tenants: the owner of the tables is bound by their policies too.
absl::Status Apply(Connection& connection, const MigrationSet& set, const Migration& migration) {
  std::string text;
  connection.AppendTenants(text, Tenants::All());
  absl::Status status = connection.Execute(absl::StrCat(text, migration.sql)).status();
  if (status.ok()) {
    status = connection
                 .Query(Tenants::All(), kRecord,
                        MakeParams(set.module, migration.number, migration.name,
                                   Checksum(migration), migration.oldest_program))
                 .status();
  }
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("migration ", Label(set, migration), ": ", status.message(), " ",
                                   error::PrivateTextOf(status)));
}

absl::Status ApplyAlone(Connection& connection, const MigrationSet& set,
                        const Migration& migration) {
  CRM_RETURN_IF_ERROR(connection.Execute("BEGIN").status());
  absl::Status status = Apply(connection, set, migration);
  if (status.ok()) return connection.Execute("COMMIT").status();
  (void)connection.Execute("ROLLBACK");
  return status;
}

using ApplyOne = absl::Status (*)(Connection&, const MigrationSet&, const Migration&);

// Returns the labels of what was missing and is applied now.
absl::StatusOr<std::vector<std::string>> ApplyMissing(Connection& connection,
                                                      const std::vector<MigrationSet>& sets,
                                                      ApplyOne apply) {
  CRM_ASSIGN_OR_RETURN(const Applied applied, ReadApplied(connection, base::Deadline::None()));
  SchemaReport report = Compare(applied, sets);
  if (!report.problem.empty()) return absl::FailedPreconditionError(report.problem);
  for (const MigrationSet& set : sets) {
    for (const Migration& migration : set.migrations) {
      if (applied.count({set.module, migration.number}) > 0) continue;
      CRM_RETURN_IF_ERROR(apply(connection, set, migration));
    }
  }
  return std::move(report.missing);
}

}  // namespace

absl::StatusOr<int> Migrate(const ConnectionOptions& options, const std::vector<MigrationSet>& sets,
                            absl::Duration lock_timeout) {
  CRM_ASSIGN_OR_RETURN(const auto connection, OpenLocked(options, lock_timeout));
  CRM_RETURN_IF_ERROR(connection->Execute(ListText(options.schema) + kWalls).status());
  CRM_ASSIGN_OR_RETURN(const auto done, ApplyMissing(*connection, sets, ApplyAlone));
  return static_cast<int>(done.size());
}

// The connection ends in any case, so what fails is rolled back too.
absl::StatusOr<std::vector<std::string>> Rehearse(const ConnectionOptions& options,
                                                  const std::vector<MigrationSet>& sets,
                                                  absl::Duration lock_timeout) {
  CRM_ASSIGN_OR_RETURN(const auto connection, OpenLocked(options, lock_timeout));
  CRM_RETURN_IF_ERROR(connection->Execute("BEGIN").status());
  CRM_RETURN_IF_ERROR(connection->Execute(ListText(options.schema) + kWalls).status());
  CRM_ASSIGN_OR_RETURN(auto rehearsed, ApplyMissing(*connection, sets, Apply));
  CRM_RETURN_IF_ERROR(connection->Execute("ROLLBACK").status());
  return rehearsed;
}

}  // namespace crm::pg
