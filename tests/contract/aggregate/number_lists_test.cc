// Figures in JSON lists, as they are read for reports.

#include "common/aggregate/number_lists.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace crm::aggregate {
namespace {

using ::testing::ElementsAre;

TEST(NumberLists, AreReadAsTheyAre) {
  const auto lists =
      NumberLists::FromJson(R"([1,-2,9007199254740993,[3,4],[5,"six, \"seven\"",8]])");
  ASSERT_TRUE(lists.has_value());
  EXPECT_THAT(lists->head(), ElementsAre(1, -2, 9007199254740993));
  ASSERT_EQ(lists->size(), 2u);
  EXPECT_THAT((*lists)[0], ElementsAre(3, 4));
  EXPECT_THAT((*lists)[1], ElementsAre(5, 0, 8)) << "a text counts as 0";
  EXPECT_THAT(NumberLists::FromJson("[7]")->head(), ElementsAre(7));
  EXPECT_EQ(NumberLists::FromJson("[[]]")->size(), 1u);
}

TEST(NumberLists, WhatIsAnythingElseIsNotRead) {
  for (const std::string& text : std::vector<std::string>{
           "", "7", "{}", "[1,", "[1.5]", "[null]", "[\"one\"]", "[1,[2],3]", "[[[1]]]",
           "[18446744073709551615]", "[1] 2", std::string("[1]\0[2]", 7)}) {
    EXPECT_FALSE(NumberLists::FromJson(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace crm::aggregate
