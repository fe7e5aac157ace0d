#include "common/base/unicode.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

struct Case {
  const char* text;
  const char* form;
};

TEST(TidyTest, ComposesAndTrims) {
  const Case cases[] = {
      {"", ""},
      {" \t\r\n", ""},
      {"  Anna \t", "Anna"},
      {"Anna Maria", "Anna Maria"},
      {"\u00A0\u2003Anna\u3000", "Anna"},
      {"Jose\u0301", "José"},
      {"José", "José"},
      {"\u200B\u200D\uFEFF", ""},
      {" \u00AD\u0007 ", ""},
      {"\x01\x7F", ""},
      {"A\u00ADnna", "A\u00ADnna"},
      {"\xff nothing to be read ", "\xff nothing to be read "},
  };
  for (const Case& c : cases) EXPECT_EQ(Tidy(c.text), c.form) << c.text;
}

TEST(FoldedTest, HasNoCaseVariantsOrInvisibleCharacters) {
  const Case cases[] = {
      {"ANNA", "anna"},
      {"JOSÉ", "josé"},
      {"JOSE\u0301", "josé"},
      {"Straße", "strasse"},
      {"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
      {"ﬁﾊﾟ", "fiパ"},
      {"pa\u200Bt\uFEFF\u00AD", "pat"},
      {"a\u00A0b", "a b"},
      {"\xff", "\xff"},
  };
  for (const Case& c : cases) EXPECT_EQ(Folded(c.text), c.form) << c.text;
}

TEST(SearchFormTest, HasNoMarks) {
  const Case cases[] = {
      {"Snelling", "snelling"},
      {"José Müller", "jose muller"},
      {"Łódź", "lodz"},
      {"Søren Ærø", "soren aero"},
      {"Strauß", "strauss"},
      {"Đorđe Ħal", "dorde hal"},
      {"Ångström", "angstrom"},
      {"Ω", "ω"},
      {"Nguyễn Văn", "nguyen van"},
      {"Ёлкина", "елкина"},
      {"が", "か"},
      {"Ｗｉｄｅ", "wide"},
      {"Jose\u0301 \u200B", "jose "},
  };
  for (const Case& c : cases) EXPECT_EQ(SearchForm(c.text), c.form) << c.text;
}

TEST(SearchWordsTest, AreRunsOfLettersAndDigits) {
  EXPECT_EQ(SearchWords("Anna-María  O'Neill, 3rd"),
            (std::vector<std::string>{"anna", "maria", "o", "neill", "3rd"}));
  EXPECT_EQ(SearchWords("王小明 Co."), (std::vector<std::string>{"王小明", "co"}));
  EXPECT_TRUE(SearchWords(" -- ").empty());
}

TEST(CodePointsTest, GoThereAndBack) {
  for (const char* text : {"", "anna", "Łódź", "王😀"}) {
    EXPECT_EQ(Utf8Of(CodePointsOf(text)), text);
  }
  EXPECT_EQ(CodePointsOf("é王😀").size(), 3u);
}

TEST(HasUnseenTest, FindsSpaceControlAndFormatCharacters) {
  for (const char* text : {" ", "a\tb", "\u00A0", "\u200B", "\u00AD", "\uFEFF", "\u2028", "\x7F"}) {
    EXPECT_TRUE(HasUnseen(text)) << text;
  }
  for (const char* text : {"", "abc", "é", "e\u0301", "漢字"}) {
    EXPECT_FALSE(HasUnseen(text)) << text;
  }
}

TEST(CutTest, CutsBetweenCharacters) {
  EXPECT_EQ(CutAtCharacter("abc", 3), "abc");
  EXPECT_EQ(CutAtCharacter("abcd", 3), "abc");
  EXPECT_EQ(CutAtCharacter("äöü", 2), "äö");
  EXPECT_EQ(CutAtCharacter("abe\u0301", 3), "ab") << "a mark stays with its letter";
  EXPECT_EQ(CutAtCharacter("a👩\u200D👧b", 3), "a");
  EXPECT_EQ(CutAtCharacter("a👩\u200D👧b", 4), "a👩\u200D👧");
  EXPECT_EQ(CutAtCharacter("e\u0301", 1), "");
}

}  // namespace
}  // namespace crm::base
