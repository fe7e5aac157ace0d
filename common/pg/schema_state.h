#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/pg/migrator.h"

// What a schema has of a program's migrations, and whether the two go together.
namespace crm::pg {

struct AppliedMigration {
  std::string checksum;
  int oldest_program = 0;  // see Migration
};

// By module and number.
using Applied = std::map<std::pair<std::string, int>, AppliedMigration>;

// Reads only; nothing of the schema needs to be there.
absl::StatusOr<Applied> ReadApplied(Connection& connection, base::Deadline deadline);

enum class SchemaState {
  kAtHead,
  kBehind,   // some migrations are not applied
  kNewer,    // it has migrations that the program does not know
  kChanged,  // a migration was changed after it was applied
};

struct SchemaReport {
  SchemaState state = SchemaState::kAtHead;
  std::vector<std::string> missing;  // "lead/0002_statistics", in the order to be applied
  std::string problem;               // for kNewer and kChanged: which migration
};

// kChanged goes before kNewer, and both before kBehind.
SchemaReport Compare(const Applied& applied, const std::vector<MigrationSet>& sets);

// Whether a program with these sets can serve with the schema. FAILED_PRECONDITION naming the first
// migration that it needs and that is not applied, or the one that it is too old for.
absl::Status CanServe(const Applied& applied, const std::vector<MigrationSet>& sets);

// How schema_migrations knows a migration's text.
std::string Checksum(const Migration& migration);

// "lead/0002_statistics".
std::string Label(const MigrationSet& set, const Migration& migration);

}  // namespace crm::pg
