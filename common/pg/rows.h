#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace crm::pg {

class ResultSet;

// One row of a result, as texts; a RowReader makes values of them. Valid as long as the Rows it
// came from. Columns are counted from 0 in the order of the statement's select list.
class Row {
 public:
  Row(const ResultSet* set, int row) : set_(set), row_(row) {}

  bool IsNull(int column) const;
  absl::string_view View(int column) const;  // the text itself; empty for NULL
  std::string Text(int column) const { return std::string(View(column)); }

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
