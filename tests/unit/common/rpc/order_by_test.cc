#include "common/rpc/order_by.h"

#include "common/error/error.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;

const std::vector<std::string> kFields = {"create_time", "name"};

TEST(OrderByTest, FieldsAreAscendingUnlessTheySayDesc) {
  EXPECT_THAT(*ParseOrderBy("create_time desc, name", kFields),
              ElementsAre(OrderTerm{"create_time", true}, OrderTerm{"name", false}));
  EXPECT_THAT(*ParseOrderBy(" name  asc ", kFields), ElementsAre(OrderTerm{"name", false}));
  EXPECT_TRUE(ParseOrderBy(" ", kFields)->empty());
}

TEST(OrderByTest, WhatIsNotAllowedIsRefused) {
  for (const char* bad : {"size", "name up", "name desc asc", "name,", ",", "name, name desc"}) {
    const auto result = ParseOrderBy(bad, kFields);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(error::ReasonOf(result.status()), "FILTER_INVALID") << bad;
    EXPECT_EQ(error::DetailsOf(result.status())->fields[0].field, "order_by") << bad;
  }
}

}  // namespace
}  // namespace crm::rpc
