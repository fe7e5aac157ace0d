#include "common/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace crm::base {
namespace {

TEST(Utf8, AcceptsEveryLengthOfSequence) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("plain text that is longer than one word"));
  EXPECT_TRUE(IsValidUtf8("Zo\u00eb \u20ac \U0001F600 and more"));
  EXPECT_TRUE(IsValidUtf8("\xf4\x8f\xbf\xbf"));
  EXPECT_TRUE(IsValidUtf8("\xed\x9f\xbf"));
  EXPECT_TRUE(IsValidUtf8(absl::string_view("a\0c", 3)));
}

TEST(Utf8, RefusesMalformedSequences) {
  for (const char* text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
                           "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xe2\x28\xa1", "\xe2\x82\x28"}) {
    EXPECT_FALSE(IsValidUtf8(text)) << text;
    EXPECT_FALSE(IsValidUtf8(std::string("12345678") + text)) << text;
  }
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(0u, CodePoints(""));
  EXPECT_EQ(3u, CodePoints("Zo\u00eb"));
  EXPECT_EQ(1u, CodePoints("\U0001F600"));
}

TEST(Text, FindsNul) {
  EXPECT_FALSE(HasNul("abc"));
  EXPECT_TRUE(HasNul(absl::string_view("a\0c", 3)));
}

TEST(Text, AKeyIsOfLowerCaseLettersDigitsAndUnderscores) {
  for (const char* key : {"a", "a1_b", "z_"}) EXPECT_TRUE(IsKey(key)) << key;
  EXPECT_TRUE(IsKey(std::string(63, 'k')));
  EXPECT_FALSE(IsKey(std::string(64, 'k')));
  for (const char* key : {"", "A", "_a", "1", "a.b", "a b", "a-b", "ä"})
    EXPECT_FALSE(IsKey(key)) << key;
}
TEST(TextTest, ShortenedEndsBetweenCharacters) {
  EXPECT_EQ(Shortened("abc", 3), "abc");
  EXPECT_EQ(Shortened("abc", 2), "ab");
  EXPECT_EQ(Shortened("aé", 2), "a");
  EXPECT_EQ(Shortened("a\xF0\x9F\x98\x80", 4), "a");
  EXPECT_EQ(Shortened("é", 0), "");
}

}  // namespace
}  // namespace crm::base
