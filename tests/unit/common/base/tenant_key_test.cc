#include "common/base/tenant_key.h"

#include <absl/container/flat_hash_set.h>
#include <gtest/gtest.h>

namespace crm::base {
namespace {

TEST(TenantKey, IsOrderedByTenantThenId) {
  const TenantKey keys[] = {{"acme", Uuid(0, 1)}, {"acme", Uuid(0, 2)}, {"rival", Uuid(0, 1)}};
  EXPECT_LT(keys[0], keys[1]);
  EXPECT_LT(keys[1], keys[2]);
}

TEST(TenantKey, TellsTenantsApart) {
  const absl::flat_hash_set<TenantKey> keys = {{"acme", Uuid(0, 1)}};
  EXPECT_TRUE(keys.contains(TenantKey{"acme", Uuid(0, 1)}));
  EXPECT_FALSE(keys.contains(TenantKey{"rival", Uuid(0, 1)}));
}

}  // namespace
}  // namespace crm::base
