#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstddef>
#include <optional>
#include <string>

#include "common/error/error.h"
#include "common/listing/field.h"

namespace crm::rpc {

// INVALID_ARGUMENT FILTER_INVALID with a violation of "filter": what is wrong where, `column`
// counted in characters from 1. Metadata: column.
error::Error FilterError(size_t column, absl::string_view text);

// Reads the words of a filter from the left; white space between them means nothing. Words point
// into the text.
class FilterScanner {
 public:
  explicit FilterScanner(absl::string_view text) : text_(text), rest_(text) { SkipSpace(); }

  bool AtEnd() const { return rest_.empty(); }
  // Where the next word begins.
  size_t column() const;

  // What follows, if it is such a thing; else empty, nothing or false, and nothing is read.
  absl::string_view FieldName();
  std::optional<listing::Operator> Operator();
  bool Take(char mark);
  bool And();

  // A word or a quoted text, without quotes and backslashes. `field`: whose value it is, for
  // errors.
  absl::StatusOr<std::string> Value(absl::string_view field);

 private:
  absl::StatusOr<std::string> QuotedText();
  template <class Predicate>
  absl::string_view Word(const Predicate& accepts);
  size_t ColumnOf(absl::string_view rest) const;
  void Advance(size_t size);
  void SkipSpace();

  absl::string_view text_;
  absl::string_view rest_;
};

}  // namespace crm::rpc
