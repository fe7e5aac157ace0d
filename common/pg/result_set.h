#pragma once

#include <pqxx/result>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::pg {

// What Rows share. Private to common/pg: nobody else sees libpqxx. The cells are laid out once,
// since each look through libpqxx copies a reference-counted row.
class ResultSet {
 public:
  struct Cell {
    absl::string_view text;
    bool null;
  };

  explicit ResultSet(const pqxx::result& result) : result_(result) {
    columns_ = static_cast<int>(result_.columns());
    cells_.reserve(result_.size() * columns_);
    for (const auto& row : result_) {
      for (auto field = row.begin(); field != row.end(); ++field) {
        cells_.push_back({absl::string_view(field->c_str(), field->size()), field->is_null()});
      }
    }
  }

  int rows() const { return static_cast<int>(result_.size()); }
  const Cell& At(int row, int column) const {
    return cells_[static_cast<size_t>(row) * columns_ + column];
  }

 private:
  pqxx::result result_;  // owns the text
  int columns_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace crm::pg
