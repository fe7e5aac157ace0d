#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <utility>

namespace crm::base {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

}  // namespace crm::base

// Returns from the enclosing function when `expression` (a Status or StatusOr) is not OK.
// The function may return absl::Status or any absl::StatusOr. The status is copied before what the
// expression made is gone: it may belong to a part of a temporary, as in Get(keys)[0].status().
#define CRM_RETURN_IF_ERROR(expression)                                   \
  do {                                                                    \
    const absl::Status crm_status_ = ::crm::base::StatusOf((expression)); \
    if (!crm_status_.ok()) return crm_status_;                            \
  } while (false)

// CRM_ASSIGN_OR_RETURN(auto row, Load(id)): declares or assigns `lhs` from a StatusOr, or returns
// its error. Not usable as the sole statement of an unbraced `if`. Name a type that holds commas by
// an alias first.
#define CRM_ASSIGN_OR_RETURN(lhs, expression) \
  CRM_ASSIGN_OR_RETURN_1_(CRM_STATUS_NAME_(crm_or_, __LINE__), lhs, expression)

#define CRM_ASSIGN_OR_RETURN_1_(result, lhs, expression) \
  auto result = (expression);                            \
  if (!result.ok()) return std::move(result).status();   \
  lhs = std::move(result).value()

#define CRM_STATUS_NAME_(prefix, line) CRM_STATUS_NAME_1_(prefix, line)
#define CRM_STATUS_NAME_1_(prefix, line) prefix##line
