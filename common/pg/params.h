#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

namespace crm::pg {

// Bytes for a bytea column (a plain string is text).
struct Bytes {
  absl::string_view value;
};

// The two columns of an amount that may be absent; RowReader::OptionalMoney reads them.
inline std::optional<absl::string_view> CurrencyOf(const std::optional<base::Money>& money) {
  if (!money.has_value()) return std::nullopt;
  return absl::string_view(money->currency);
}
inline std::optional<int64_t> MinorOf(const std::optional<base::Money>& money) {
  if (!money.has_value()) return std::nullopt;
  return money->minor;
}

// The text of one value as PostgreSQL's input functions read it. Times are UTC with microseconds.
// Text must not hold a NUL byte: validation refuses it long before.
void AppendValue(std::string& out, absl::string_view value);
void AppendValue(std::string& out, int64_t value);
void AppendValue(std::string& out, bool value);
void AppendValue(std::string& out, absl::Time value);
void AppendValue(std::string& out, absl::CivilDay value);
void AppendValue(std::string& out, const base::Uuid& value);
void AppendValue(std::string& out, Bytes value);
inline void AppendValue(std::string& out, int value) {
  AppendValue(out, static_cast<int64_t>(value));
}
inline void AppendValue(std::string& out, const std::string& value) {
  AppendValue(out, absl::string_view(value));
}
inline void AppendValue(std::string& out, const char* value) {
  AppendValue(out, absl::string_view(value));
}

// One array parameter, built value by value: `{"a","b",NULL}`. Only text and bytes need the quotes.
class Array {
 public:
  template <class T>
  void Add(const T& value) {
    Separate();
    if constexpr (std::is_convertible_v<const T&, absl::string_view> || std::is_same_v<T, Bytes>) {
      AppendElement(value);
    } else {
      AppendValue(text_, value);
    }
  }
  template <class T>
  void Add(const std::optional<T>& value) {
    if (value.has_value()) {
      Add(*value);
    } else {
      AddNull();
    }
  }
  void AddNull();

  // The whole array literal.
  std::string Text() const { return text_ + "}"; }
  bool empty() const { return text_.size() == 1; }

 private:
  friend class Params;

  void Separate() {
    if (text_.size() > 1) text_ += ',';
  }
  void AppendElement(absl::string_view value);
  void AppendElement(Bytes value);

  std::string text_ = "{";
  std::string scratch_;
};

// The parameters of one execution of a Statement, in order. Holds SQL literals, quoted here and
// nowhere else.
class Params {
 public:
  template <class T>
  Params& Add(const T& value) {
    scratch_.clear();
    AppendValue(scratch_, value);
    AppendLiteral();
    return *this;
  }
  template <class T>
  Params& Add(const std::optional<T>& value) {
    return value.has_value() ? Add(*value) : AddNull();
  }
  Params& Add(const Array& array);
  template <class T>
  Params& Add(const std::vector<T>& values) {
    Array array;
    for (const T& value : values) array.Add(value);
    return Add(array);
  }
  Params& AddNull();

  // `('a','{1,2}')`, or empty when there are none.
  const std::string& sql() const { return sql_; }
  bool empty() const { return sql_.empty(); }

 private:
  void Separate() {
    if (!sql_.empty()) sql_ += ',';
  }
  void AppendLiteral();

  std::string sql_;
  std::string scratch_;
};

template <class... T>
Params MakeParams(const T&... values) {
  Params params;
  (params.Add(values), ...);
  return params;
}

// Rows turned into columns for `SELECT unnest($1::…[]), unnest($2::…[]), …`: Add takes one row,
// AddTo adds one array parameter per column.
class Columns {
 public:
  template <class... T>
  void Add(const T&... values) {
    if (columns_.empty()) columns_.resize(sizeof...(T));
    size_t column = 0;
    (columns_[column++].Add(values), ...);
    ++rows_;
  }
  // An empty table adds nothing: check empty() first and leave the statement out.
  void AddTo(Params& params) const {
    for (const Array& column : columns_) params.Add(column);
  }
  // One parameter for each column; none of an empty table.
  Params ToParams() const {
    Params params;
    AddTo(params);
    return params;
  }
  size_t rows() const { return rows_; }
  bool empty() const { return rows_ == 0; }

 private:
  std::vector<Array> columns_;
  size_t rows_ = 0;
};

}  // namespace crm::pg
