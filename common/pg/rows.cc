#include "common/pg/rows.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/pg/result_set.h"

namespace crm::pg {
namespace {

[[noreturn]] void WrongType(const char* wanted, absl::string_view text) {
  std::fprintf(stderr, "pg::Row: column is no %s (%zu bytes)\n", wanted, text.size());
  std::abort();
}

int Digits(absl::string_view text, size_t from, size_t count) {
  int value = 0;
  for (size_t i = from; i < from + count && i < text.size(); ++i)
    value = value * 10 + (text[i] - '0');
  return value;
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

int64_t Row::Int(int column) const {
  int64_t value = 0;
  if (!absl::SimpleAtoi(View(column), &value)) WrongType("integer", View(column));
  return value;
}

bool Row::Bool(int column) const {
  const absl::string_view text = View(column);
  if (text != "t" && text != "f") WrongType("boolean", text);
  return text == "t";
}

absl::Time Row::Time(int column) const {
  // 2026-01-31 12:34:56.123456+00, fraction with as many digits as needed.
  const absl::string_view text = View(column);
  if (text.size() < 22 || text[4] != '-' || text.substr(text.size() - 3) != "+00") {
    WrongType("timestamptz in UTC", text);
  }
  const absl::CivilSecond second(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2),
                                 Digits(text, 11, 2), Digits(text, 14, 2), Digits(text, 17, 2));
  int64_t micros = 0;
  if (text[19] == '.') {
    int64_t scale = 100'000;
    for (size_t i = 20; i < text.size() - 3; ++i, scale /= 10) micros += (text[i] - '0') * scale;
  }
  return absl::FromCivil(second, absl::UTCTimeZone()) + absl::Microseconds(micros);
}

absl::CivilDay Row::Day(int column) const {
  const absl::string_view text = View(column);
  if (text.size() != 10) WrongType("date", text);
  return absl::CivilDay(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2));
}

base::Uuid Row::Uuid(int column) const {
  const std::optional<base::Uuid> id = base::Uuid::Parse(View(column));
  if (!id.has_value()) WrongType("uuid", View(column));
  return *id;
}

std::string Row::Bytes(int column) const {
  const absl::string_view text = View(column);
  if (text.substr(0, 2) != "\\x") WrongType("bytea", text);
  return absl::HexStringToBytes(text.substr(2));
}

std::optional<std::string> Row::OptionalText(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Text(column));
}

std::optional<int64_t> Row::OptionalInt(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Int(column));
}

std::optional<absl::Time> Row::OptionalTime(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Time(column));
}

std::optional<absl::CivilDay> Row::OptionalDay(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Day(column));
}

std::optional<base::Uuid> Row::OptionalUuid(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Uuid(column));
}

}  // namespace crm::pg
