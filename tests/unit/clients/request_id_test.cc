#include "clients/cpp/request_id.h"

#include <gtest/gtest.h>

namespace crm::client {
namespace {

constexpr base::Uuid kSpace(1, 2);

TEST(RequestIdTest, FreshOnesAreVersion7AndDiffer) {
  const std::string first = NewRequestId();
  EXPECT_EQ(base::Uuid::Parse(first)->Version(), 7);
  EXPECT_NE(first, NewRequestId());
}

TEST(RequestIdTest, DerivedOnesAreVersion5AndTheSameForEver) {
  const base::Uuid id = DerivedId(kSpace, {"acme", "deal", "D1"});
  EXPECT_EQ(id.Version(), 5);
  EXPECT_EQ(id, DerivedId(kSpace, {"acme", "deal", "D1"}));
  EXPECT_NE(id, DerivedId(base::Uuid(1, 3), {"acme", "deal", "D1"}));
}

TEST(RequestIdTest, BordersBetweenPartsCount) {
  EXPECT_NE(DerivedId(kSpace, {"ab", "c"}), DerivedId(kSpace, {"a", "bc"}));
  EXPECT_NE(DerivedId(kSpace, {"a", ""}), DerivedId(kSpace, {"", "a"}));
  EXPECT_NE(DerivedId(kSpace, {"a:1"}), DerivedId(kSpace, {"a", "1"}));
}

}  // namespace
}  // namespace crm::client
