// Texts that others wrote do nothing to a terminal.

#include "clients/crmctl/terminal_text.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/report/report_table.h"

namespace crm::crmctl {
namespace {

TEST(TerminalText, WhatWouldMoveOrColourIsShownInstead) {
  EXPECT_EQ(OnOneLine("Eve\x1b[31mred\x1b]0;title\a"), "Eve\\u001b[31mred\\u001b]0;title\\u0007");
  EXPECT_EQ(OnOneLine("\u009b2J"), "\\u009b2J") << "the same of eight bits";
  EXPECT_EQ(OnOneLine(std::string("a\0b\x7f", 4)), "a\\u0000b\\u007f");
  EXPECT_EQ(OnOneLine("\u202eevil\u2066x"), "\\u202eevil\\u2066x") << "what turns the direction";
  EXPECT_EQ(OnOneLine("bad\xff\xc3"), "bad\uFFFD\uFFFD");
}

TEST(TerminalText, WhatPeopleWriteStaysAsItIs) {
  for (const char* text : {"", "Zoë", "山田太郎", "שלום", "👩‍👩‍👧", "a\u200fb"}) {
    EXPECT_EQ(OnOneLine(text), text);
  }
}

TEST(TerminalText, OneLineIsOne) {
  EXPECT_EQ(OnOneLine("a\tb\nc\r\nd\re\u2028f\u0085g\vh"), "a b c d e f g h");
}

TEST(TerminalText, FurtherLinesAreIndented) {
  EXPECT_EQ(OnLines("name\r\nstate  QUALIFIED\n\x1b[2J", 4),
            "name\n    state  QUALIFIED\n    \\u001b[2J");
}

TEST(TerminalText, WideCharactersTakeTwoColumnsAndMarksNone) {
  const std::pair<const char*, size_t> texts[] = {
      {"Zoë", 3}, {"Zoe\u0308", 3}, {"山田", 4}, {"ａ\u200b", 2}, {"\xff", 1}};
  for (const auto& [text, columns] : texts) EXPECT_EQ(ColumnsOf(text), columns) << text;
}

TEST(TerminalText, WhatIsCutIsNoWiderThanItsRoom) {
  const std::pair<size_t, const char*> cuts[] = {
      {8, "山田太郎"}, {7, "山田太…"}, {6, "山田…"}, {1, "…"}};
  for (const auto& [columns, cut] : cuts) EXPECT_EQ(Cut("山田太郎", columns), cut) << columns;
  EXPECT_EQ(Cut("Zoë Moreau", 4), "Zoë…");
  EXPECT_EQ(Cut("\x80\x80\x80", 2), "\x80…") << "bytes that are no character";
}

TEST(TerminalText, TablesOfReportsAreShownSo) {
  const ReportTable table{{"OWNER", "COUNT"}, {{"\x1b[2Jmara", "1"}, {"山田", "12"}}, {}};
  EXPECT_EQ(RenderTable(table, 80, false),
            "OWNER          COUNT\n"
            "\\u001b[2Jmara      1\n"
            "山田              12\n");
}

}  // namespace
}  // namespace crm::crmctl
