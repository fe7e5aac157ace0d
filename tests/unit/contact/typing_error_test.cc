#include "services/contact/domain/typing_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/unicode.h"

namespace crm::contact {
namespace {

int Errors(const std::string& one, const std::string& other) {
  return TypingErrors(base::CodePointsOf(one), base::CodePointsOf(other), 3);
}

TEST(TypingErrorsTest, ALetterTooManyMissingForAnotherOrSwappedIsOne) {
  EXPECT_EQ(Errors("snelling", "snelling"), 0);
  EXPECT_EQ(Errors("snelling", "sneling"), 1);
  EXPECT_EQ(Errors("snelling", "snellling"), 1);
  EXPECT_EQ(Errors("snelling", "smelling"), 1);
  EXPECT_EQ(Errors("snelling", "snelilng"), 1);
  EXPECT_EQ(Errors("snelling", "nselilng"), 2);
  EXPECT_EQ(Errors("иванов", "ивонов"), 1);
  EXPECT_EQ(Errors("a", "abcdefg"), 4);
  EXPECT_EQ(Errors("", ""), 0);
}

TEST(OneErrorAwayTest, IsAllTextsOneErrorAwayAndNoOthers) {
  for (const std::string word : {"snelling", "ивановa", "παπας", "a1b2c"}) {
    const std::vector<std::string> variants = OneErrorAway(word);
    EXPECT_TRUE(std::is_sorted(variants.begin(), variants.end()));
    EXPECT_EQ(std::adjacent_find(variants.begin(), variants.end()), variants.end());
    for (const std::string& variant : variants) EXPECT_EQ(Errors(word, variant), 1) << variant;
  }
  EXPECT_THAT(OneErrorAway("snelling"), ::testing::IsSupersetOf({"sneling", "snelilng", "smelling",
                                                                 "snellings", "xsnelling"}));
  EXPECT_THAT(OneErrorAway("snelling"), ::testing::Not(::testing::Contains("snell1ng")));
  // 8 deleted, of which "ll" gives one, 7 swapped likewise, 25 for each letter, 26 at each of 9
  // places, of which each letter gives one twice.
  EXPECT_EQ(OneErrorAway("snelling").size(), 7u + 6u + 8u * 25u + 26u * 9u - 8u);
}

TEST(OneErrorAwayTest, GivesUpOnWhatNobodyTypes) {
  EXPECT_TRUE(OneErrorAway(std::string(41, 'a')).empty());
}

}  // namespace
}  // namespace crm::contact
