#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "common/pg/column_text.h"
#include "common/pg/rows.h"

namespace crm::pg {

// Reads the columns of one row, which may be damaged, or written by a newer version of this
// program: the one way to make values of what the database sends. A column that cannot be read
// gives the default value of its type and marks the row, which must then be given up:
//   RowReader read(row);
//   Color color = read.Enum(2, kColorNames);
//   if (!read.ok()) return read.Damage(ColorName(id));
class RowReader {
 public:
  explicit RowReader(const Row& row) : row_(row) {}

  // What `parse` makes of the column's text; it takes an absl::string_view and gives a
  // std::optional, empty for damage. NULL is damage too.
  template <class Parse>
  auto Parsed(int column, const Parse& parse) ->
      typename decltype(parse(absl::string_view()))::value_type {
    auto value = OptionalParsed(column, parse);
    if (value.has_value()) return *std::move(value);
    MarkDamaged(column);
    return {};
  }
  // The same, but NULL is nothing.
  template <class Parse>
  auto OptionalParsed(int column, const Parse& parse) -> decltype(parse(absl::string_view())) {
    if (row_.IsNull(column)) return std::nullopt;
    auto value = parse(row_.View(column));
    if (!value.has_value()) MarkDamaged(column);
    return value;
  }

  bool IsNull(int column) const { return row_.IsNull(column); }

  // NULL is damage to all but the Optional ones and TextOrEmpty.
  std::string Text(int column) { return std::string(View(column)); }
  std::string TextOrEmpty(int column) const { return row_.Text(column); }
  int64_t Int(int column) { return Parsed(column, IntOf); }
  bool Bool(int column) { return Parsed(column, BoolOf); }
  absl::Time Time(int column) { return Parsed(column, TimeOf); }
  base::Uuid Uuid(int column) { return Parsed(column, base::Uuid::Parse); }
  std::string Bytes(int column) { return Parsed(column, BytesOf); }
  // The index of an element of a list that has `size` elements, from its number, counted from 1.
  size_t Index(int column, size_t size) {
    return Parsed(column, [size](absl::string_view text) -> std::optional<size_t> {
      const std::optional<int64_t> number = IntOf(text);
      if (!number || *number < 1 || static_cast<size_t>(*number) > size) return std::nullopt;
      return static_cast<size_t>(*number) - 1;
    });
  }

  std::optional<int64_t> OptionalInt(int column) { return OptionalParsed(column, IntOf); }
  std::optional<absl::Time> OptionalTime(int column) { return OptionalParsed(column, TimeOf); }
  std::optional<absl::CivilDay> OptionalDay(int column) { return OptionalParsed(column, DayOf); }
  std::optional<base::Uuid> OptionalUuid(int column) {
    return OptionalParsed(column, base::Uuid::Parse);
  }
  // From a currency and an amount column.
  std::optional<base::Money> OptionalMoney(int currency, int minor) {
    if (row_.IsNull(currency)) return std::nullopt;
    return base::Money{Text(currency), Int(minor)};
  }

  // The value with this name; an unknown name is damage.
  template <class E, size_t kNames>
  E Enum(int column, const base::EnumName<E> (&table)[kNames]) {
    return Parsed(column, [&](absl::string_view name) { return base::ValueOf(table, name); });
  }
  template <class E, size_t kNames>
  std::optional<E> OptionalEnum(int column, const base::EnumName<E> (&table)[kNames]) {
    return OptionalParsed(column,
                          [&](absl::string_view name) { return base::ValueOf(table, name); });
  }

  bool ok() const { return damaged_ < 0; }
  // DATA_LOSS DATA_DAMAGED, metadata resource: the name of what the row holds. The log learns which
  // column it was.
  absl::Status Damage(absl::string_view resource_name) const;
  // `value`, which was made of the row, or its Damage:
  //   return read.Checked(Size{read.Int(0), read.Int(1)}, "boxes");
  template <class T>
  absl::StatusOr<T> Checked(T value, absl::string_view resource_name) const {
    if (!ok()) return Damage(resource_name);
    return value;
  }

 private:
  absl::string_view View(int column) {
    if (row_.IsNull(column)) MarkDamaged(column);
    return row_.View(column);
  }
  void MarkDamaged(int column) {
    if (damaged_ < 0) damaged_ = column;
  }

  Row row_;
  int damaged_ = -1;  // the first column that could not be read
};

}  // namespace crm::pg
