#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/uuid.h"

namespace crm::pg {

class ResultSet;

// One row of a result. Valid as long as the Rows it came from. Columns are counted from 0 in the
// order of the statement's select list. These readers are for keys, counts, flags and bytes, where
// the database sends a value of the type or NULL: one of another type, or of NULL where the reader
// is not optional, is a programming error and aborts. What may hold more than this program
// understands (words, times, JSON) is read by a RowReader.
class Row {
 public:
  Row(const ResultSet* set, int row) : set_(set), row_(row) {}

  bool IsNull(int column) const;
  absl::string_view View(int column) const;  // the text itself; empty for NULL
  std::string Text(int column) const { return std::string(View(column)); }
  int64_t Int(int column) const;
  bool Bool(int column) const;
  base::Uuid Uuid(int column) const;
  std::string Bytes(int column) const;  // bytea in hex format

  std::optional<int64_t> OptionalInt(int column) const;
  std::optional<base::Uuid> OptionalUuid(int column) const;

 private:
  const ResultSet* set_;
  int row_;
};

// The result of one statement. Cheap to copy (shared), immutable, usable from any thread.
class Rows {
 public:
  Rows();
  explicit Rows(std::shared_ptr<const ResultSet> set);

  int size() const;
  bool empty() const { return size() == 0; }
  Row operator[](int row) const { return Row(set_.get(), row); }

  class Iterator {
   public:
    Iterator(const ResultSet* set, int row) : set_(set), row_(row) {}
    Row operator*() const { return Row(set_, row_); }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return row_ != other.row_; }

   private:
    const ResultSet* set_;
    int row_;
  };
  Iterator begin() const { return Iterator(set_.get(), 0); }
  Iterator end() const { return Iterator(set_.get(), size()); }

 private:
  std::shared_ptr<const ResultSet> set_;
};

}  // namespace crm::pg
