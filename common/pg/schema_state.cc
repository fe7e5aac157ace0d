#include "common/pg/schema_state.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::pg {
namespace {

constexpr Statement kListed{"migrations_listed",
                            "SELECT to_regclass('schema_migrations') IS NOT NULL"};
// As JSON, since a list made by an older program has no such column.
constexpr Statement kApplied{"migrations_applied",
                             "SELECT module, number, checksum, "
                             "coalesce((to_jsonb(list) ->> 'oldest_program')::int, 0) "
                             "FROM schema_migrations AS list"};

int HeadOf(const std::string& module, const std::vector<MigrationSet>& sets) {
  for (const MigrationSet& set : sets) {
    if (set.module == module && !set.migrations.empty()) return set.migrations.back().number;
  }
  return 0;
}

// What is applied and changed, or not known.
std::optional<SchemaReport> Strangers(const Applied& applied, const Applied& known) {
  std::optional<SchemaReport> newer;
  for (const auto& [key, migration] : applied) {
    const auto found = known.find(key);
    const std::string label = absl::StrFormat("%s/%04d", key.first, key.second);
    if (found == known.end()) {
      newer = {SchemaState::kNewer,
               {},
               absl::StrCat("migration ", label, " is newer than this program")};
    } else if (found->second.checksum != migration.checksum) {
      return SchemaReport{SchemaState::kChanged,
                          {},
                          absl::StrCat("migration ", label, " was changed after it was applied")};
    }
  }
  return newer;
}

}  // namespace

std::string Checksum(const Migration& migration) {
  return base::Uuid::V5(base::Uuid(), migration.sql).ToString();
}

std::string Label(const MigrationSet& set, const Migration& migration) {
  return absl::StrFormat("%s/%04d_%s", set.module, migration.number, migration.name);
}

absl::StatusOr<Applied> ReadApplied(Connection& connection, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const Rows listed,
                       connection.Query(Tenants::None(), kListed, Params(), deadline));
  Applied applied;
  RowReader read_listed(listed[0]);
  CRM_ASSIGN_OR_RETURN(const bool is_listed,
                       read_listed.Checked(read_listed.Bool(0), "schema_migrations"));
  if (!is_listed) return applied;
  CRM_ASSIGN_OR_RETURN(const Rows rows,
                       connection.Query(Tenants::None(), kApplied, Params(), deadline));
  for (const Row row : rows) {
    RowReader read(row);
    const std::pair<std::string, int> key{read.Text(0), static_cast<int>(read.Int(1))};
    applied[key] = {read.Text(2), static_cast<int>(read.Int(3))};
    if (!read.ok()) return read.Damage("schema_migrations");
  }
  return applied;
}

SchemaReport Compare(const Applied& applied, const std::vector<MigrationSet>& sets) {
  Applied known;
  SchemaReport report;
  for (const MigrationSet& set : sets) {
    for (const Migration& migration : set.migrations) {
      known[{set.module, migration.number}] = {Checksum(migration), migration.oldest_program};
      if (applied.count({set.module, migration.number}) > 0) continue;
      report.state = SchemaState::kBehind;
      report.missing.push_back(Label(set, migration));
    }
  }
  if (std::optional<SchemaReport> strangers = Strangers(applied, known)) return *strangers;
  return report;
}

absl::Status CanServe(const Applied& applied, const std::vector<MigrationSet>& sets) {
  for (const MigrationSet& set : sets) {
    for (const Migration& migration : set.migrations) {
      if (set.minimum.has_value() && migration.number > *set.minimum) continue;
      if (applied.count({set.module, migration.number}) == 0) {
        return absl::FailedPreconditionError(
            absl::StrCat("migration ", Label(set, migration), " is not applied; run migrate"));
      }
    }
  }
  for (const auto& [key, migration] : applied) {
    const auto& [module, number] = key;
    if (const int head = HeadOf(module, sets); number > head && migration.oldest_program > head) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "this program is too old for the schema: migration %s/%04d needs programs that know "
          "%s/%04d",
          module, number, module, migration.oldest_program));
    }
  }
  return absl::OkStatus();
}

}  // namespace crm::pg
