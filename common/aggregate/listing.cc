#include "common/aggregate/listing.h"

#include <map>
#include <memory>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/listing/field.h"
#include "common/pg/params.h"

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

const char* SqlType(const std::string&) { return "text"; }
const char* SqlType(absl::Time) { return "timestamptz"; }
const char* SqlType(const base::Uuid&) { return "uuid"; }
const char* SqlType(int) { return "int"; }

// Writes the query twice at once: with $n for the prepared shape, with literals for plain text.
class QueryText {
 public:
  void Add(absl::string_view text) {
    absl::StrAppend(&shape_, text);
    absl::StrAppend(&plain_, text);
  }
  template <class T>
  void AddValue(const T& value) {
    const char* const type = SqlType(value);
    params_.Add(value);
    absl::StrAppend(&shape_, "$", ++count_, "::", type);
    absl::StrAppend(&plain_, pg::MakeParams(value).sql(), "::", type);
  }
  const std::string& shape() const { return shape_; }
  const std::string& plain() const { return plain_; }
  const pg::Params& params() const { return params_; }

 private:
  std::string shape_;
  std::string plain_;
  pg::Params params_;
  int count_ = 0;
};

void AddCondition(const listing::Condition& condition, QueryText& text) {
  const auto add_value = [&text](const auto& value) { text.AddValue(value); };
  const absl::string_view column = condition.field->column;
  const size_t mark = column.find('?');
  text.Add(" AND ");
  if (mark == absl::string_view::npos) {
    text.Add(absl::StrCat(column, " ", listing::TextOf(condition.op), " "));
    std::visit(add_value, condition.value);
    return;
  }
  text.Add(column.substr(0, mark));
  std::visit(add_value, condition.value);
  text.Add(column.substr(mark + 1));
}

QueryText Compose(const ListedTable& table, const listing::Query& query) {
  QueryText text;
  text.Add(absl::StrCat(table.select, " WHERE tenant = "));
  text.AddValue(query.tenant);
  if (table.live != nullptr && !query.show_deleted) text.Add(absl::StrCat(" AND ", table.live));
  for (const listing::Condition& condition : query.conditions) AddCondition(condition, text);
  const char* const direction = query.descending ? " DESC" : "";
  if (query.after.has_value()) {
    text.Add(absl::StrCat(" AND (create_time, id) ", query.descending ? "<" : ">", " ("));
    text.AddValue(query.after->create_time);
    text.Add(", ");
    text.AddValue(query.after->id);
    text.Add(")");
  }
  text.Add(absl::StrCat(" ORDER BY create_time", direction, ", id", direction, " LIMIT "));
  text.AddValue(query.limit);
  return text;
}

}  // namespace

absl::StatusOr<pg::Rows> List(pg::Pool& pool, const ListedTable& table, const listing::Query& query,
                              base::Deadline deadline) {
  const QueryText text = Compose(table, query);
  const pg::Statement* const statement = AllShapes().Find(text.shape());
  return statement != nullptr ? pool.Read(*statement, text.params(), deadline)
                              : pool.ReadText(text.plain(), deadline);
}

}  // namespace crm::aggregate
