#include "clients/crmctl/import/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

CsvTable Parsed(absl::string_view text) {
  absl::StatusOr<CsvTable> table = CsvTable::Parse(text);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : CsvTable();
}

TEST(CsvTableTest, ReadsColumnsAndRowsWithTheirLines) {
  const CsvTable table = Parsed("a,b\n1,2\n3,4\n");
  EXPECT_THAT(table.columns(), ElementsAre("a", "b"));
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_EQ(table.rows()[1].line, 3);
  EXPECT_THAT(table.rows()[1].fields, ElementsAre("3", "4"));
  EXPECT_EQ(table.rows()[1].raw, "3,4");
  EXPECT_EQ(table.Column("b"), 1u);
  EXPECT_FALSE(table.Column("c"));
}

TEST(CsvTableTest, TakesByteOrderMarkCrlfEmptyLinesAndAMissingLastLineEnd) {
  const CsvTable table = Parsed(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n1,2\r\n  \r\n\n3,4");
  EXPECT_THAT(table.columns(), ElementsAre("a", "b"));
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_EQ(table.rows()[0].line, 3);
  EXPECT_EQ(table.rows()[0].raw, "1,2");
  EXPECT_EQ(table.rows()[1].line, 6);
  EXPECT_EQ(table.rows()[1].raw, "3,4");
}

TEST(CsvTableTest, QuotedFieldsHoldCommasQuotesAndLineEnds) {
  const CsvTable table = Parsed("a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n5,6\n");
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_THAT(table.rows()[0].fields, ElementsAre("x, \"y\"", "two\nlines"));
  EXPECT_EQ(table.rows()[0].raw, "\"x, \"\"y\"\"\",\"two\nlines\"");
  EXPECT_EQ(table.rows()[1].line, 4);
}

TEST(CsvTableTest, AWrongColumnCountSpoilsOnlyItsRow) {
  const CsvTable table = Parsed("a,b\n1\n2,3\n4,5,6\n7,8\n");
  ASSERT_EQ(table.rows().size(), 4u);
  EXPECT_EQ(table.rows()[0].problem, "has 1 columns where the header has 2");
  EXPECT_EQ(table.rows()[1].problem, "");
  EXPECT_EQ(table.rows()[2].problem, "has 3 columns where the header has 2");
  EXPECT_EQ(table.rows()[3].problem, "");
}

TEST(CsvTableTest, AQuoteThatIsNeverClosedSpoilsOnlyItsLine) {
  const CsvTable table = Parsed("a,b\n1,2\n\"3,4\n5,6\n7,8\n");
  ASSERT_EQ(table.rows().size(), 4u);
  EXPECT_EQ(table.rows()[1].line, 3);
  EXPECT_EQ(table.rows()[1].raw, "\"3,4");
  EXPECT_THAT(table.rows()[1].problem, HasSubstr("never closed"));
  EXPECT_EQ(table.rows()[2].line, 4);
  EXPECT_THAT(table.rows()[3].fields, ElementsAre("7", "8"));
}

TEST(CsvTableTest, AStrayQuoteDoesNotSwallowTheLinesUpToTheNext) {
  const CsvTable table = Parsed("a,b\n\"1,2\n3,4\n5,\"6\n7,8\n");
  ASSERT_EQ(table.rows().size(), 4u);
  EXPECT_EQ(table.rows()[0].line, 2);
  EXPECT_NE(table.rows()[0].problem, "");
  EXPECT_THAT(table.rows()[1].fields, ElementsAre("3", "4"));
  EXPECT_NE(table.rows()[2].problem, "");
  EXPECT_THAT(table.rows()[3].fields, ElementsAre("7", "8"));
}

TEST(CsvTableTest, ARowOverSeveralLinesWithTooFewColumnsSpoilsOnlyItsFirstLine) {
  const CsvTable table = Parsed("a,b,c\n\"1,2,3\n4,5\"\n7,8,9\n");
  ASSERT_EQ(table.rows().size(), 3u);
  EXPECT_EQ(table.rows()[0].raw, "\"1,2,3");
  EXPECT_NE(table.rows()[0].problem, "");
  EXPECT_EQ(table.rows()[1].line, 3);
  EXPECT_NE(table.rows()[1].problem, "");
  EXPECT_THAT(table.rows()[2].fields, ElementsAre("7", "8", "9"));
}

// Each of these lines opens a quote that swallows all below it: read line by line once, not once
// for every line above, which would take minutes.
TEST(CsvTableTest, ManyStrayQuotesAreReadInOnePass) {
  constexpr int kLines = 20'000;
  std::string open = "a,b\n";
  for (int i = 0; i < kLines; ++i) open += "1,\"x\"\"\n";
  const CsvTable unclosed = Parsed(open);
  ASSERT_EQ(unclosed.rows().size(), size_t{kLines});
  EXPECT_THAT(unclosed.rows().back().problem, HasSubstr("never closed"));
  const CsvTable closed = Parsed(open + "3,4,\",5,6,7\n7,8\n");
  ASSERT_EQ(closed.rows().size(), size_t{kLines} + 2);
  for (int i = 0; i < kLines; ++i) {
    EXPECT_THAT(closed.rows()[i].problem, HasSubstr("where the header has 2"));
    EXPECT_EQ(closed.rows()[i].line, i + 2);
    EXPECT_EQ(closed.rows()[i].raw, "1,\"x\"\"");
  }
  EXPECT_THAT(closed.rows().back().fields, ElementsAre("7", "8"));
}

TEST(CsvTableTest, HugeFieldsBadUtf8AndNulAreProblems) {
  const std::string huge(CsvReader::kMaxField + 1, 'x');
  const std::string text =
      "a,b\n" + huge + ",\xff\n1," + std::string("2\0", 2) + "\n" + huge.substr(1) + ",ü\n";
  const CsvTable table = Parsed(text);
  ASSERT_EQ(table.rows().size(), 3u);
  using testing::Pair;
  EXPECT_THAT(table.rows()[0].spoiled,
              ElementsAre(Pair(0u, "is longer than 64 KiB"),
                          Pair(1u, StartsWith("is not UTF-8 (it looks like "))));
  EXPECT_THAT(table.rows()[1].spoiled, ElementsAre(Pair(1u, "holds a NUL byte")));
  EXPECT_TRUE(table.rows()[2].spoiled.empty());
  EXPECT_EQ(table.rows()[0].problem, "") << "who does not read the column is not disturbed";
}

TEST(CsvTableTest, AHeaderMustBeThere) {
  EXPECT_FALSE(CsvTable::Parse("").ok());
  EXPECT_FALSE(CsvTable::Parse(",\n , \n").ok());
  EXPECT_FALSE(CsvTable::Parse("a,\xff\n1,2\n").ok());
  EXPECT_EQ(CsvTable::Parse(std::string("a\0,\0b\0\n\0", 8)).status().message(),
            "the header is not UTF-8 (it looks like utf-16le: set \"encoding\")");
  EXPECT_TRUE(CsvTable::Parse("a,b\n").ok());
}

TEST(CsvTableTest, ColumnsWithoutANameArePassedOverAndDoubledOnesAreCounted) {
  const CsvTable table = Parsed("notes,,id,notes\na,b,c,d\n");
  EXPECT_EQ(table.Count("notes"), 2u);
  EXPECT_EQ(table.Column("notes"), 0u);
  EXPECT_EQ(table.Column("notes#2"), 3u);
  EXPECT_FALSE(table.Column("notes#3"));
  EXPECT_FALSE(table.Column(""));
}

TEST(CsvTableTest, RowsOfNothingAndTheHeaderOnceMoreAreNoRows) {
  const CsvTable table = Parsed("a,b,c\n,,\n1,2,3\na,b,c\n , \u00a0,\t\n,,,,,\n4,5,6\n");
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_EQ(table.rows()[1].line, 7);
  EXPECT_EQ(table.repeated_headers(), 1);
}

TEST(CsvTableTest, FindsTheDelimiter) {
  for (const char* text : {"a;b,c\n\"x;1\";2\n", "a\tb,c\n\"x;1\"\t2\n", "a|b,c\n\"x;1\"|2\n"}) {
    const CsvTable table = Parsed(text);
    ASSERT_EQ(table.columns().size(), 2u) << text;
    EXPECT_THAT(table.rows().at(0).fields, ElementsAre("x;1", "2"));
  }
  CsvOptions options;
  options.delimiter = ';';
  EXPECT_EQ(CsvTable::Parse("a,b,c;d\n", options)->columns().size(), 2u);
}

TEST(CsvTableTest, SkipsLinesBeforeTheHeaderAndRowsAtTheEnd) {
  CsvOptions options;
  options.skip = 2;
  options.footer = 1;
  const auto table = CsvTable::Parse("Report\n2026,\"\na,b\n1,2\nTotal,3\n", options);
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->rows().size(), 1u);
  EXPECT_EQ(table->rows()[0].line, 4);
}

TEST(CsvTableTest, ReadingIsStoppedInTheMiddle) {
  std::string text = "a,b\n";
  for (int i = 0; i < 40'000; ++i) text += "1,\"x\n";
  CsvOptions options;
  int asked = 0;
  options.stop = [&] { return ++asked == 3; };
  EXPECT_EQ(CsvTable::Parse(text, options).status().code(), absl::StatusCode::kCancelled);
  options.stop = nullptr;
  EXPECT_EQ(CsvTable::Parse(text, options)->rows().size(), 40'000u) << "in one pass";
}

// A quote that does not close within four mebibytes is one that never does; reading stays linear.
TEST(CsvTableTest, LargeFilesOfStrayQuotesAreReadInOnePass) {
  std::string text = "a,b\n";
  constexpr int kLines = 1'500'000;
  for (int i = 0; i < kLines; ++i) text += "1,\"x\"\"\n";
  text += "3,4\n";
  const absl::Time start = absl::Now();
  const CsvTable table = Parsed(text);
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  ASSERT_EQ(table.rows().size(), size_t{kLines} + 1);
  EXPECT_THAT(table.rows()[7].problem, HasSubstr("never closed"));
  EXPECT_EQ(table.rows()[7].line, 9);
  EXPECT_THAT(table.rows().back().fields, ElementsAre("3", "4"));
}

TEST(CsvTableTest, ALineThatIsTooLongIsPassedOver) {
  const std::string large(RowScanner::kLongestRow + 3'000'000, 'x');
  for (const std::string& line : {large, "\"" + large, "1,\"\n" + large, large + "\r"}) {
    const CsvTable table = Parsed("a,b\n1,2\n" + line + "\n3,4\n");
    ASSERT_GE(table.rows().size(), 3u);
    EXPECT_NE(table.rows()[1].problem, "");
    EXPECT_LE(table.rows()[1].raw.size(), RowScanner::kLongestRow);
    EXPECT_THAT(table.rows().back().fields, ElementsAre("3", "4"));
  }
}

TEST(CsvTableTest, RowsAreFoundAgainByTheirPlace) {
  auto reader = CsvReader::Of(
      TextFile::Of("a,b\r\n1,\"two\r\nlines\"\r\nbad\r\n" + std::string(100'000, '\n') + "3,4"),
      {});
  ASSERT_TRUE(reader.ok()) << reader.status();
  std::vector<CsvRow> rows;
  CsvRow row;
  while (reader->Next(&row)) rows.push_back(row);
  ASSERT_EQ(rows.size(), 3u);
  for (const size_t i : {2, 0, 2, 1}) {
    ASSERT_TRUE(reader->At(rows[i].place, rows[i].line, &row));
    EXPECT_EQ(row.raw, rows[i].raw);
    EXPECT_EQ(row.fields, rows[i].fields);
    EXPECT_EQ(row.line, rows[i].line);
  }
}

TEST(CsvTableTest, WritesFieldsSoThatTheyAreReadBack) {
  EXPECT_EQ(CsvField("plain text"), "plain text");
  const std::string odd = " a, \"b\"\nc ";
  const CsvTable table = Parsed("x,y\n" + CsvField(odd) + ",1\n");
  EXPECT_EQ(table.rows()[0].fields[0], odd);
}

}  // namespace
}  // namespace crm::crmctl
