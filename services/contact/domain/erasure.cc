#include "services/contact/domain/erasure.h"

#include <algorithm>
#include <map>

namespace crm::contact {
namespace {

// Nothing if one of them is still open.
std::optional<absl::Time> Later(std::optional<absl::Time> one, std::optional<absl::Time> other) {
  return one && other ? std::optional(std::max(*one, *other)) : std::nullopt;
}

void Add(ErasurePart& sum, const ErasurePart& part) {
  sum.first_time = Later(sum.first_time, part.first_time);
  sum.last_time = Later(sum.last_time, part.last_time);
  std::map<std::string, int64_t> rows(sum.erased.begin(), sum.erased.end());
  for (const auto& [table, count] : part.erased) rows[table] += count;
  sum.erased.assign(rows.begin(), rows.end());
}

}  // namespace

Erasure Joined(std::vector<Erasure> erasures) {
  Erasure sum = std::move(erasures.front());
  for (size_t i = 1; i < erasures.size(); ++i) {
    const Erasure& one = erasures[i];
    sum.merged.push_back(one.contact);
    sum.done_time = Later(sum.done_time, one.done_time);
    if (one.again_time)
      sum.again_time = std::max(sum.again_time.value_or(*one.again_time), *one.again_time);
    for (ErasurePart& part : sum.parts) {
      for (const ErasurePart& other : one.parts) {
        if (other.service == part.service) Add(part, other);
      }
    }
  }
  return sum;
}

}  // namespace crm::contact
