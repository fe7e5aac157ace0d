#include "common/pg/rows.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/pg/column_text.h"
#include "common/pg/result_set.h"

namespace crm::pg {
namespace {

[[noreturn]] void WrongType(const char* wanted, absl::string_view text) {
  std::fprintf(stderr, "pg::Row: column is no %s (%zu bytes)\n", wanted, text.size());
  std::abort();
}

template <class Parse>
auto Need(const Parse& parse, const char* wanted, absl::string_view text) {
  auto value = parse(text);
  if (!value.has_value()) WrongType(wanted, text);
  return *std::move(value);
}

const std::shared_ptr<const ResultSet>& EmptySet() {
  static const auto* const empty =
      new std::shared_ptr<const ResultSet>(std::make_shared<ResultSet>(pqxx::result()));
  return *empty;
}

}  // namespace

Rows::Rows() : set_(EmptySet()) {}

Rows::Rows(std::shared_ptr<const ResultSet> set) : set_(std::move(set)) {}

int Rows::size() const { return set_->rows(); }

bool Row::IsNull(int column) const { return set_->At(row_, column).null; }

absl::string_view Row::View(int column) const { return set_->At(row_, column).text; }

int64_t Row::Int(int column) const { return Need(IntOf, "integer", View(column)); }
bool Row::Bool(int column) const { return Need(BoolOf, "boolean", View(column)); }
base::Uuid Row::Uuid(int column) const { return Need(base::Uuid::Parse, "uuid", View(column)); }
std::string Row::Bytes(int column) const { return Need(BytesOf, "bytea", View(column)); }

std::optional<int64_t> Row::OptionalInt(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Int(column));
}

std::optional<base::Uuid> Row::OptionalUuid(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Uuid(column));
}

}  // namespace crm::pg
