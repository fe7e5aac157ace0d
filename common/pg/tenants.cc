#include "common/pg/tenants.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"

namespace crm::pg {
namespace {

// What parts names, stands for all, or ends a literal.
constexpr absl::string_view kNeverInNames = absl::string_view(",*'\\\0", 5);

}  // namespace

Tenants::Tenants(std::vector<absl::string_view> names) {
  std::erase_if(names, [](absl::string_view name) {
    return name.find_first_of(kNeverInNames) != absl::string_view::npos;
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  setting_ = absl::StrJoin(names, ",");
}

}  // namespace crm::pg
