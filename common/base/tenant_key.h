#pragma once

#include <compare>
#include <string>
#include <utility>

#include "common/base/uuid.h"

namespace crm::base {

// What identifies a thing among all tenants: ids are unique within a tenant only. Ordered by
// tenant, then id; a key of hash tables.
struct TenantKey {
  std::string tenant;
  Uuid id;

  friend auto operator<=>(const TenantKey&, const TenantKey&) = default;
  template <class H>
  friend H AbslHashValue(H state, const TenantKey& key) {
    return H::combine(std::move(state), key.tenant, key.id);
  }
};

}  // namespace crm::base
