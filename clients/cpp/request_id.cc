#include "clients/cpp/request_id.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

namespace crm::client {

std::string NewRequestId() { return base::Uuid::V7(absl::Now()).ToString(); }

base::Uuid DerivedId(const base::Uuid& space, absl::Span<const absl::string_view> parts) {
  std::string name;
  for (absl::string_view part : parts) absl::StrAppend(&name, part.size(), ":", part);
  return base::Uuid::V5(space, name);
}

}  // namespace crm::client
