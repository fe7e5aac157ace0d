// The public arguments of a list become a query, and the next page continues it.

#include <gtest/gtest.h>

#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/serving/list_page.h"

namespace crm::serving {
namespace {

constexpr listing::Field kFields[] = {{.name = "owner", .column = "owner"}};
constexpr listing::Order kBySize{"size", "size", listing::OrderType::kNumber};
constexpr listing::Order kByDay{"day", "day", listing::OrderType::kDay};
constexpr listing::Order kByUpdate{"update_time", "update_time", listing::OrderType::kTime, true};
constexpr const listing::Order* kOrders[] = {&listing::kByCreateTime, &kBySize, &kByDay,
                                             &kByUpdate};

class ListPage : public ::testing::Test {
 protected:
  ListPage() {
    context_.tenant = "acme";
    context_.method = "crm.test.v1.Things/List";
    context_.arrival = time_ + absl::Hours(1);
  }
  absl::StatusOr<listing::Query> Query(const ListArguments& arguments) {
    return QueryOf(context_, arguments, kFields, kOrders);
  }
  std::string Token(const ListArguments& arguments, const listing::OrderKey& key) {
    return NextToken(context_, arguments, *Query(arguments), {key, id_});
  }
  std::string Reason(const ListArguments& arguments) {
    return error::ReasonOf(Query(arguments).status());
  }

  rpc::CallContext context_;
  const absl::Time time_ = absl::FromUnixMicros(1'700'000'000'123'456);
  const base::Uuid id_{1, 2};
};

TEST_F(ListPage, AsksForOneRowMoreThanThePageHolds) {
  EXPECT_EQ(Query({.page_size = 7})->limit, 8);
  EXPECT_EQ(PageSizeOf(*Query({.page_size = 7})), 7);
  EXPECT_EQ(PageSizeOf(*Query({})), 50);
}

TEST_F(ListPage, TheNextPageBeginsBehindTheLastRow) {
  ListArguments arguments{.filter = "owner = mara", .order_by = "create_time desc"};
  const std::string token = Token(arguments, time_);
  arguments.page_token = token;
  const auto query = Query(arguments);
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->after->key, listing::OrderKey(time_));
  EXPECT_EQ(query->after->id, id_);
  EXPECT_TRUE(query->descending);
  EXPECT_EQ(std::get<std::string>(query->conditions[0].values[0]), "mara");
}

TEST_F(ListPage, ATokenIsBoundToItsArgumentsAndItsTenant) {
  const ListArguments first{.filter = "owner = mara"};
  const std::string token = Token(first, time_);
  EXPECT_EQ(Reason({.filter = "owner = ben", .page_token = token}), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(Reason({.filter = "owner = mara", .page_token = token, .show_deleted = true}),
            "PAGE_TOKEN_INVALID");
  context_.tenant = "other";
  EXPECT_EQ(Reason({.filter = "owner = mara", .page_token = token}), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(Reason({.page_token = "garbage"}), "PAGE_TOKEN_INVALID");
}

TEST_F(ListPage, APositionThatNoPageEndsAtIsRefused) {
  const std::string id = id_.ToString();
  const std::vector<std::string> positions[] = {
      {"x", id}, {"1", "x"}, {"1"}, {"-9223372036854775808", id}, {"253402300800000000", id}};
  for (const std::vector<std::string>& position : positions) {
    const rpc::PageArguments bound{context_.method, context_.tenant, "\n0", ""};
    EXPECT_EQ(Reason({.page_token = rpc::EncodePageToken(bound, position)}), "PAGE_TOKEN_INVALID")
        << position[0];
  }
}

TEST_F(ListPage, EveryKindOfKeyContinuesItsOrder) {
  const std::pair<const char*, listing::OrderKey> kCases[] = {{"", time_},
                                                              {"create_time", time_},
                                                              {"update_time desc", time_},
                                                              {"update_time", time_},
                                                              {"size desc", int64_t{-1}},
                                                              {"day", absl::CivilDay(10000, 1, 1)}};
  for (const auto& [order_by, key] : kCases) {
    const ListArguments arguments{.order_by = order_by};
    const auto query = Query({.order_by = order_by, .page_token = Token(arguments, key)});
    ASSERT_TRUE(query.ok()) << order_by << query.status();
    EXPECT_EQ(query->after->key, key) << order_by;
    EXPECT_EQ(query->after->id, id_);
  }
}

// What changes while somebody pages forward by the time of change would come again.
TEST_F(ListPage, AnOrderThatFollowsTheClockEndsWhereItWasAskedForFirst) {
  const absl::Time first = context_.arrival;
  const std::string token = Token({.order_by = "update_time"}, time_);
  context_.arrival += absl::Hours(5);
  EXPECT_EQ(Query({.order_by = "update_time", .page_token = token})->until, first);
  EXPECT_EQ(Query({.order_by = "update_time"})->until, context_.arrival);
  EXPECT_EQ(Query({.order_by = "update_time desc"})->until, std::nullopt);
  EXPECT_EQ(Query({.order_by = "create_time"})->until, std::nullopt);
}

TEST_F(ListPage, WhatCannotBeFilteredOrSortedByIsRefused) {
  EXPECT_EQ(Reason({.filter = "colour = red"}), "FILTER_INVALID");
  EXPECT_EQ(Reason({.order_by = "owner"}), "FILTER_INVALID");
}

}  // namespace
}  // namespace crm::serving
