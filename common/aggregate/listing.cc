#include "common/aggregate/listing.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/aggregate/condition_sql.h"

namespace crm::aggregate {
namespace {

// Every shape of a filter is prepared once. A caller who plays with shapes must not fill the
// database's memory: beyond this many, queries are sent as plain text.
constexpr size_t kMostShapes = 400;

class Shapes {
 public:
  // The statement for `sql`, nullptr when there are too many.
  const pg::Statement* Find(const std::string& sql) {
    absl::MutexLock lock(&mutex_);
    const auto found = shapes_.find(sql);
    if (found != shapes_.end()) return &found->second->statement;
    if (shapes_.size() >= kMostShapes) return nullptr;
    auto shape = std::make_unique<Shape>();
    shape->name = absl::StrCat("listing_", shapes_.size());
    shape->sql = sql;
    shape->statement = {shape->name.c_str(), shape->sql.c_str()};
    return &shapes_.emplace(sql, std::move(shape)).first->second->statement;
  }

 private:
  struct Shape {
    std::string name;
    std::string sql;
    pg::Statement statement{};
  };
  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Shape>> shapes_ ABSL_GUARDED_BY(mutex_);
};

Shapes& AllShapes() {
  static auto* const shapes = new Shapes();
  return *shapes;
}

QueryText Compose(const ListedTable& table, const listing::Query& query) {
  QueryText text(absl::StrCat(table.select, " WHERE tenant = "), table.expression, table.column);
  text.AddValue(query.tenant, "text");
  if (table.live != nullptr && !query.show_deleted) text.Add(absl::StrCat(" AND ", table.live));
  for (const listing::Condition& condition : query.conditions) {
    text.Add(" AND ");
    AddCondition(condition, query.show_deleted, text);
  }
  const absl::string_view key = query.order->column;
  if (query.until.has_value()) {
    text.Add(absl::StrCat(" AND ", key, " <= "));
    text.AddValue(*query.until, "timestamptz");
  }
  if (query.after.has_value()) {
    text.Add(" AND ");
    AddPosition(*query.order, *query.after, query.descending, text);
  }
  const char* const direction = query.descending ? " DESC" : "";
  text.Add(absl::StrCat(" ORDER BY ", key, direction, ", id", direction, " LIMIT "));
  text.AddValue(query.limit, "int");
  return text;
}

bool OnePlanFits(const listing::Query& query) {
  using listing::FieldType;
  return std::all_of(
      query.conditions.begin(), query.conditions.end(), [&](const listing::Condition& condition) {
        const FieldType type = condition.field->type;
        // Few are deleted, as the statistics of the day know.
        if (query.show_deleted && !condition.field->with_deleted.empty()) return false;
        // What is in a document is rare or common by its value, as an entry of a map is.
        if (absl::StrContains(condition.field->column, "@>")) return false;
        return condition.op == listing::Operator::kEqual && type != FieldType::kMap &&
               type != FieldType::kMoney && type != FieldType::kDay;
      });
}

}  // namespace

absl::StatusOr<pg::Rows> List(pg::Pool& pool, const ListedTable& table, const listing::Query& query,
                              base::Deadline deadline) {
  const QueryText text = Compose(table, query);
  const pg::Statement* const statement =
      OnePlanFits(query) ? AllShapes().Find(text.shape()) : nullptr;
  const pg::Tenants tenants(query.tenant);
  return statement != nullptr ? pool.Read(tenants, *statement, text.params(), deadline)
                              : pool.ReadText(tenants, text.plain(), deadline);
}

std::string ListText(const ListedTable& table, const listing::Query& query) {
  return Compose(table, query).plain();
}

}  // namespace crm::aggregate
