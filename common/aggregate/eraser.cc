#include "common/aggregate/eraser.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::aggregate {
namespace {

constexpr pg::Statement kEraseRevisions{
    "erase_revisions",
    "SELECT erase_revisions($1::text, $2::uuid[], $3::text[], $4::text[], $5::text[])"};
constexpr pg::Statement kEraseNotes{"erase_stage_notes",
                                    "SELECT erase_stage_notes($1::text, $2::uuid[])"};
constexpr pg::Statement kEraseAnswers{"erase_answers",
                                      "SELECT erase_answers($1::text, $2::text[])"};

std::string MembersText(absl::Span<const char* const> members) {
  return absl::StrCat("ARRAY['", absl::StrJoin(members, "','"), "']");
}

// What a column gets; a value that does not change is equal to it.
std::string ValueOf(const base::PersonalColumn& column) {
  switch (column.emptied) {
    case base::Emptied::kText:
      return "''";
    case base::Emptied::kName:
      return absl::StrCat("'", base::kErasedName, "'");
    case base::Emptied::kNull:
      return "NULL";
    case base::Emptied::kList:
      return "'[]'";
    case base::Emptied::kMap:
      return "'{}'";
    case base::Emptied::kPartOfJson:
    case base::Emptied::kPartOfJsonb:
      break;
  }
  return absl::StrCat("without_members(x.", column.column, "::jsonb, ", MembersText(column.members),
                      ")");
}

std::string Assignment(const base::PersonalColumn& column) {
  const bool text = column.emptied == base::Emptied::kPartOfJson;
  return absl::StrCat(column.column, " = ", ValueOf(column), text ? "::json" : "");
}

std::string Difference(const base::PersonalColumn& column) {
  const bool text = column.emptied == base::Emptied::kPartOfJson;
  return absl::StrCat("x.", column.column, text ? "::jsonb" : "", " IS DISTINCT FROM ",
                      ValueOf(column));
}

std::string StatementFor(const base::PersonalTable& table,
                         absl::Span<const base::PersonalColumn> columns) {
  std::vector<std::string> assignments;
  std::vector<std::string> differences;
  for (const base::PersonalColumn& column : columns) {
    if (absl::string_view(column.table) != table.name) continue;
    assignments.push_back(Assignment(column));
    differences.push_back(Difference(column));
  }
  const std::string set = absl::StrJoin(assignments, ", ");
  const std::string differs = absl::StrJoin(differences, " OR ");
  if (!table.things) {
    return absl::StrCat("WITH emptied AS (UPDATE ", table.name, " x SET ", set,
                        " WHERE x.tenant = $1::text AND x.", table.key, " = ANY ($2::uuid[]) AND (",
                        differs, ") RETURNING 1) SELECT count(*) FROM emptied");
  }
  return absl::StrCat(
      "WITH old AS (SELECT tenant AS t, id AS i, update_time AS previous FROM ", table.name,
      " WHERE tenant = $1::text AND ", table.key, " = ANY ($2::uuid[])), emptied AS (UPDATE ",
      table.name, " x SET ", set,
      ", revision = x.revision + 1, update_time = $3::timestamptz FROM old WHERE x.tenant = old.t "
      "AND x.id = old.i AND (",
      differs,
      ") RETURNING x.tenant, x.id, x.revision, old.previous), told AS (INSERT INTO revision "
      "(tenant, id, revision, record_time, previous_time, actor, method, changes) SELECT tenant, "
      "id, revision, $3::timestamptz, previous, $4::text, $5::text, $6::text FROM emptied "
      "RETURNING 1) SELECT count(*) FROM told");
}

// The fields that a revision says were emptied: elements of its JSON.
std::string ChangesOf(const base::PersonalTable& table,
                      absl::Span<const base::PersonalField> fields) {
  std::string changes;
  for (const base::PersonalField& field : fields) {
    if (!field.members.empty()) continue;
    if (field.table != nullptr && absl::string_view(field.table) != table.name) continue;
    absl::StrAppend(&changes, changes.empty() ? "" : ",", "[\"", field.name, "\"]");
  }
  return changes;
}

absl::StatusOr<int64_t> CountOf(absl::StatusOr<pg::Rows> rows) {
  CRM_RETURN_IF_ERROR(rows.status());
  pg::RowReader read((*rows)[0]);
  return read.Checked(read.Int(0), "erasure");
}

}  // namespace

Eraser::Eraser(const base::PersonalData& data) {
  for (const base::PersonalTable& table : data.tables) {
    steps_.push_back({table.name, absl::StrCat("erase_", table.name),
                      StatementFor(table, data.columns), ChangesOf(table, data.fields),
                      table.things});
  }
  for (const base::PersonalField& field : data.fields) {
    (field.members.empty() ? whole_ : partly_).emplace_back(field.name);
    for (const char* member : field.members) members_.emplace_back(member);
  }
  std::sort(members_.begin(), members_.end());
  members_.erase(std::unique(members_.begin(), members_.end()), members_.end());
}

absl::StatusOr<int64_t> Eraser::Run(pg::Transaction& transaction, const Step& step,
                                    const ErasureOrder& order) const {
  const pg::Statement statement{step.name.c_str(), step.sql.c_str()};
  pg::Params params = pg::MakeParams(order.tenant, order.things);
  if (step.things) {
    params.Add(order.now);
    params.Add(order.author.actor);
    params.Add(order.author.method);
    params.Add(absl::StrCat("[", step.changes,
                            step.table == order.further_table ? order.further_changes : "", "]"));
  }
  return CountOf(transaction.Query(statement, params));
}

absl::StatusOr<ErasedRows> Eraser::Erase(pg::Transaction& transaction,
                                         const ErasureOrder& order) const {
  ErasedRows erased;
  const auto count = [&erased](std::string what, int64_t rows) {
    if (rows > 0) erased.emplace_back(std::move(what), rows);
  };
  if (!order.things.empty()) {
    for (const Step& step : steps_) {
      CRM_ASSIGN_OR_RETURN(const int64_t rows, Run(transaction, step, order));
      count(step.table, rows);
    }
    std::vector<base::Uuid> with_history = order.things;
    with_history.insert(with_history.end(), order.former_keepers.begin(),
                        order.former_keepers.end());
    CRM_ASSIGN_OR_RETURN(
        const int64_t revisions,
        CountOf(transaction.Query(kEraseRevisions, pg::MakeParams(order.tenant, with_history,
                                                                  whole_, partly_, members_))));
    count("revision", revisions);
    CRM_ASSIGN_OR_RETURN(
        const int64_t notes,
        CountOf(transaction.Query(kEraseNotes, pg::MakeParams(order.tenant, order.things))));
    count("stage_history", notes);
  }
  CRM_ASSIGN_OR_RETURN(
      const int64_t answers,
      CountOf(transaction.Query(kEraseAnswers, pg::MakeParams(order.tenant, order.names))));
  count("idempotency", answers);
  return erased;
}

}  // namespace crm::aggregate
