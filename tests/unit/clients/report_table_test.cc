// What report commands print.

#include "clients/crmctl/report/report_table.h"

#include <gmock/gmock.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

const ReportTable& Sample() {
  static const auto* const table =
      new ReportTable{{"OWNER", "COUNT", "RATE", "AMOUNT"},
                      {{"mara", "1234567", "63.1 %", "1054000.50 USD"},
                       {"Zoë with, a \"long\" name", "-12", "", "7.00 USD"}},
                      {4, 1}};
  return *table;
}

TEST(ReportTable, FiguresStandToTheRightWithTheirThousandsApart) {
  EXPECT_EQ(RenderTable(Sample(), 80, false),
            "OWNER                        COUNT    RATE            AMOUNT\n"
            "mara                     1,234,567  63.1 %  1,054,000.50 USD  ██████████████████\n"
            "Zoë with, a \"long\" name        -12                  7.00 USD  ████▌\n");
}

TEST(ReportTable, NoLineIsTooLong) {
  for (const size_t width : {46u, 50u, 60u, 70u, 80u, 200u}) {
    const std::string text = RenderTable(Sample(), width, false);
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      EXPECT_LE(ColumnsOf(line), width) << line;
      EXPECT_FALSE(line.ends_with(' ')) << line;
    }
  }
  EXPECT_THAT(RenderTable(Sample(), 58, false), ::testing::HasSubstr("…"));
}

TEST(ReportTable, ColoursAreAskedFor) {
  const std::string text = RenderTable(Sample(), 80, true);
  EXPECT_TRUE(text.starts_with("\033[1mOWNER"));
  EXPECT_THAT(text, ::testing::HasSubstr("USD  \033[34m█"));
  EXPECT_EQ(absl::StrReplaceAll(text, {{"\033[1m", ""}, {"\033[34m", ""}, {"\033[0m", ""}}),
            RenderTable(Sample(), 80, false));
}

TEST(ReportTable, SumsOfSeveralCurrenciesStandBelowEachOther) {
  const ReportTable table{
      {"OWNER", "COUNT", "AMOUNT"},
      {{"mara", "12", "1054000.50 USD, 70000 JPY = 990123.00 EUR"}, {"total", "13", ""}},
      {}};
  EXPECT_EQ(RenderTable(table, 80, false),
            "OWNER  COUNT            AMOUNT\n"
            "mara      12  1,054,000.50 USD\n"
            "                    70,000 JPY\n"
            "              = 990,123.00 EUR\n"
            "total     13\n");
}

TEST(ReportTable, ColumnsWithNothingCanBeLeftOut) {
  const ReportTable table{{"OWNER", "AMOUNT", "DAYS"}, {{"mara", "", "3"}, {"lee", "", ""}}, {}};
  const ReportTable some = WithoutEmptyColumns(table);
  EXPECT_THAT(some.titles, ::testing::ElementsAre("OWNER", "DAYS"));
  EXPECT_THAT(some.rows, ::testing::ElementsAre(::testing::ElementsAre("mara", "3"),
                                                ::testing::ElementsAre("lee", "")));
}

TEST(ReportTable, CsvHasFiguresAsTheyAre) {
  EXPECT_EQ(RenderCsv(Sample()),
            "OWNER,COUNT,RATE,AMOUNT\r\n"
            "mara,1234567,63.1 %,1054000.50 USD\r\n"
            "\"Zoë with, a \"\"long\"\" name\",-12,,7.00 USD\r\n");
}

}  // namespace
}  // namespace crm::crmctl
