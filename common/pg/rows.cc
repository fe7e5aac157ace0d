#include "common/pg/rows.h"

#include <utility>

#include "common/pg/result_set.h"

namespace crm::pg {
namespace {

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

}  // namespace crm::pg
