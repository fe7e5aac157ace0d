#include "common/rpc/order_by.h"

#include "common/error/error.h"

namespace crm::rpc {
namespace {

constexpr absl::string_view kOrders[] = {"create_time", "name"};

TEST(OrderByTest, AFieldIsAscendingUnlessItSaysDesc) {
  EXPECT_EQ(*ParseOrderBy("create_time desc", kOrders), (OrderTerm{0, true}));
  EXPECT_EQ(*ParseOrderBy(" name  asc ", kOrders), (OrderTerm{1, false}));
  EXPECT_EQ(*ParseOrderBy("name", kOrders), (OrderTerm{1, false}));
  EXPECT_EQ(*ParseOrderBy(" ", kOrders), std::nullopt);
}

TEST(OrderByTest, WhatIsNotAllowedIsRefused) {
  for (const char* bad :
       {"size", "name up", "name desc asc", "name,", ",", "name, create_time desc", "Name"}) {
    const auto result = ParseOrderBy(bad, kOrders);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(error::ReasonOf(result.status()), "FILTER_INVALID") << bad;
    EXPECT_EQ(error::DetailsOf(result.status())->fields[0].field, "order_by") << bad;
  }
}

}  // namespace
}  // namespace crm::rpc
