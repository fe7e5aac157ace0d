#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace crm::aggregate {

// A list of whole numbers, and lists behind them, as JSON columns of figures are:
// [1,2,[3,4],[5,6]]. For reads of many: a Json of it takes several times as long. Texts in the
// lists count as 0.
class NumberLists {
 public:
  // Nothing for JSON that is anything else.
  static std::optional<NumberLists> FromJson(absl::string_view text);

  absl::Span<const int64_t> head() const { return absl::MakeConstSpan(numbers_).first(head_); }
  size_t size() const { return ends_.size(); }
  absl::Span<const int64_t> operator[](size_t list) const {
    const size_t start = list == 0 ? head_ : ends_[list - 1];
    return absl::MakeConstSpan(numbers_).subspan(start, ends_[list] - start);
  }

 private:
  class Handler;

  std::vector<int64_t> numbers_;
  size_t head_ = 0;
  std::vector<size_t> ends_;  // of each list, among the numbers
};

}  // namespace crm::aggregate
