#include "common/aggregate/listing.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/error_map.h"

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

const char* Operator(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return "=";
    case Comparison::kNotEqual:
      return "<>";
    case Comparison::kLess:
      return "<";
    case Comparison::kLessOrEqual:
      return "<=";
    case Comparison::kGreater:
      return ">";
    case Comparison::kGreaterOrEqual:
      return ">=";
  }
  return "=";
}

// Writes the query twice at once: with $n for the prepared shape, with literals for plain text.
class QueryText {
 public:
  void Add(absl::string_view text) {
    absl::StrAppend(&shape_, text);
    absl::StrAppend(&plain_, text);
  }
  template <class T>
  void AddValue(const T& value, const char* type) {
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

absl::Status UnknownField(const Listing& listing, const std::string& field) {
  std::string known;
  for (const ListedField& listed : listing.fields) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", listed.name);
  }
  return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                      "The filter is not valid.")
      .Violation("filter", absl::StrCat("unknown field ", field, "; known are ", known));
}

absl::Status AddCondition(const Listing& listing, const Condition& condition, QueryText& text) {
  const auto* const field =
      std::find_if(listing.fields.begin(), listing.fields.end(),
                   [&](const ListedField& listed) { return condition.field == listed.name; });
  if (field == listing.fields.end()) return UnknownField(listing, condition.field);
  const absl::string_view sql = field->sql;
  const size_t mark = sql.find('?');
  text.Add(" AND ");
  if (mark == absl::string_view::npos) {
    text.Add(absl::StrCat(sql, " ", Operator(condition.comparison), " "));
    text.AddValue(condition.value, field->type);
    return absl::OkStatus();
  }
  text.Add(sql.substr(0, mark));
  text.AddValue(condition.value, field->type);
  text.Add(sql.substr(mark + 1));
  return absl::OkStatus();
}

absl::StatusOr<QueryText> Compose(const Listing& listing, const ListQuery& query) {
  QueryText text;
  text.Add(absl::StrCat(listing.select, " WHERE tenant = "));
  text.AddValue(query.tenant, "text");
  if (listing.live != nullptr && !query.show_deleted) text.Add(absl::StrCat(" AND ", listing.live));
  for (const Condition& condition : query.conditions) {
    CRM_RETURN_IF_ERROR(AddCondition(listing, condition, text));
  }
  const char* const direction = query.descending ? " DESC" : "";
  if (query.after.has_value()) {
    text.Add(absl::StrCat(" AND (create_time, id) ", query.descending ? "<" : ">", " ("));
    text.AddValue(query.after->create_time, "timestamptz");
    text.Add(", ");
    text.AddValue(query.after->id, "uuid");
    text.Add(")");
  }
  text.Add(absl::StrCat(" ORDER BY create_time", direction, ", id", direction, " LIMIT "));
  text.AddValue(query.limit, "int");
  return text;
}

}  // namespace

absl::StatusOr<pg::Rows> List(pg::Pool& pool, const Listing& listing, const ListQuery& query,
                              absl::Time deadline) {
  CRM_ASSIGN_OR_RETURN(const QueryText text, Compose(listing, query));
  const pg::Statement* const statement = AllShapes().Find(text.shape());
  absl::StatusOr<pg::Rows> rows = statement != nullptr
                                      ? pool.Read(*statement, text.params(), deadline)
                                      : pool.ReadText(text.plain(), deadline);
  // Class 22 is "data exception": a value that is not of the field's type.
  if (!rows.ok() && absl::StartsWith(pg::SqlStateOf(rows.status()), "22")) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                        "The filter is not valid.")
        .Violation("filter", "a value is not of its field's type");
  }
  return rows;
}

}  // namespace crm::aggregate
