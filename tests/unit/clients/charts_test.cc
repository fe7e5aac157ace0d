// What pictures are made of.

#include <gmock/gmock.h>

#include "clients/crmctl/page/bar_chart.h"
#include "clients/crmctl/page/column_chart.h"
#include "clients/crmctl/page/flow_chart.h"
#include "clients/crmctl/page/line_chart.h"
#include "clients/crmctl/page/markup.h"
#include "clients/crmctl/page/picture.h"
#include "clients/crmctl/page/scale.h"

namespace crm::crmctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(MarkupTest, EscapesWhatIsText) {
  Markup markup;
  markup.Open("p", {{"title", "\"a\" & <b>"}}).Text("<b> & \"c\" \x01\x7f\n\uFFFE").Leaf("br", {});
  EXPECT_EQ(markup.Take(),
            "<p title=\"&quot;a&quot; &amp; &lt;b&gt;\">&lt;b&gt; &amp; &quot;c&quot; "
            "\uFFFD\uFFFD\n\uFFFD<br/></p>");
  EXPECT_EQ(Escaped("\xff half"), "\uFFFD");
}

TEST(Scale, TicksAreRoundAndCoverAll) {
  EXPECT_THAT(Ticks(1, 4), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(Ticks(97, 4), ElementsAre(0, 50, 100));
  EXPECT_THAT(Ticks(138, 8), ElementsAre(0, 20, 40, 60, 80, 100, 120, 140));
  EXPECT_THAT(Ticks(0, 4), ElementsAre(0, 1));
  for (double most = 1e-3; most < 1e15; most *= 1.37) {
    const std::vector<double> ticks = Ticks(most, 4);
    EXPECT_GE(ticks.back() * 1.000001, most);
    EXPECT_LE(ticks.size(), 7u) << most;
    EXPECT_GE(ticks.size(), 2u) << most;
  }
}

TEST(Scale, NumbersKeepThreeDigits) {
  EXPECT_EQ(Short(0), "0");
  EXPECT_EQ(Short(999), "999");
  EXPECT_EQ(Short(999.6), "1.00k");
  EXPECT_EQ(Short(12345), "12.3k");
  EXPECT_EQ(Short(-61000000), "−61.0M");
  EXPECT_EQ(Short(123456789012), "123G");
  EXPECT_EQ(WithoutZeros("1.50M"), "1.5M");
  EXPECT_EQ(WithoutZeros("2.00M EUR"), "2M EUR");
  EXPECT_EQ(WithoutZeros("100 %"), "100 %");
  EXPECT_EQ(ShortMoney(1234567, "EUR"), "12.3k EUR");
  EXPECT_EQ(ShortMoney(1234567, "JPY"), "1.23M JPY");
}

TEST(Scale, MonthsAreWrittenShortAndNoneIsMissing) {
  EXPECT_EQ(MonthLabel("2026-03", false), "Mar");
  EXPECT_EQ(MonthLabel("2026-03", true), "Mar 26");
  EXPECT_EQ(MonthLabel("2026-01", false), "Jan 26");
  EXPECT_THAT(MonthsBetween("2025-11", "2026-02"),
              ElementsAre("2025-11", "2025-12", "2026-01", "2026-02"));
}

TEST(BarChartTest, BarsStandOnBothSidesOfZero) {
  const std::string svg = DrawBars(
      {"bars",
       {{"up", 0, 30, std::nullopt, "+30", "s2"}, {"down", 0, -10, std::nullopt, "−10", "s3"}},
       0,
       false},
      kNarrowWidth);
  // 340 pixels are 40 units; zero stands a quarter from the left.
  EXPECT_THAT(svg, HasSubstr("x=\"85\" y=\"20\" width=\"255\" height=\"14\" class=\"s2\""));
  EXPECT_THAT(svg, HasSubstr("x=\"0\" y=\"64\" width=\"85\" height=\"14\" class=\"s3\""));
}

TEST(BarChartTest, LongLabelsAreCut) {
  const std::string svg =
      DrawBars({"bars", {{std::string(300, 'x'), 0, 1, 0.5, "1", "s1"}}, 0, false}, kWideWidth);
  EXPECT_THAT(svg, Not(HasSubstr(std::string(60, 'x'))));
  EXPECT_THAT(svg, HasSubstr("x…"));
}

TEST(ColumnChartTest, PartsAreStacked) {
  ColumnChart chart{"columns", {{"a", "s1"}, {"b", "s2"}}, {{"one", {1, 3}, ""}}, Short};
  WriteSums(chart);
  EXPECT_EQ(chart.columns[0].text, "4");
  const std::string svg = DrawColumns(chart, kWideWidth);
  // 214 pixels are 4 units.
  EXPECT_THAT(svg, HasSubstr("y=\"182.5\" width=\"64\" height=\"53.5\" class=\"s1\""));
  EXPECT_THAT(svg, HasSubstr("y=\"22\" width=\"64\" height=\"160.5\" class=\"s2\""));
}

TEST(LineChartTest, StepsKeepTheirHeight) {
  LineChart chart{"lines", {{"a", "l1", {{0, 1}, {50, 0.5}, {100, 0}}, true}}, 1, Short, Short};
  const std::string svg = DrawLines(chart, kWideWidth);
  EXPECT_THAT(svg, ::testing::ContainsRegex("d=\"M[0-9. ]+H[0-9.]+L[0-9. ]+H[0-9.]+L"));
}

class FlowLayoutTest : public ::testing::Test {
 protected:
  // opened → a → b → won, and lost from each; b leads back to a, and a straight to won.
  const std::vector<FlowNode> nodes_ = {{"opened", 0, "s1", 1},
                                        {"a", 1, "s1", 1},
                                        {"b", 2, "s1", 1},
                                        {"won", 3, "s2", 0},
                                        {"lost", 3, "s3", 2}};
  const std::vector<FlowLink> links_ = {{0, 1, 100}, {1, 2, 60}, {1, 4, 40}, {2, 3, 50},
                                        {2, 4, 15},  {2, 1, 5},  {1, 3, 5}};
  const FlowSpace space_{100, 10, 300, 20};
  const FlowLayout layout_ = LayOutFlow(nodes_, links_, space_);
};

TEST_F(FlowLayoutTest, NodesAreAsBigAsWhatPassesThroughThem) {
  std::vector<double> values;
  for (const PlacedNode& node : layout_.nodes) values.push_back(node.value);
  EXPECT_THAT(values, ElementsAre(100, 105, 70, 55, 55));
  EXPECT_NEAR(layout_.nodes[0].size / layout_.nodes[2].size, 100.0 / 70, 1e-9);
  EXPECT_LE(layout_.end, space_.extent + 1e-9);
}

TEST_F(FlowLayoutTest, NothingLiesOnAnythingElse) {
  // In the column of b: what passes to won, b itself, what passes to lost.
  const double to_won = layout_.links[6].points[1].across + layout_.links[6].size / 2;
  const PlacedNode& b = layout_.nodes[2];
  EXPECT_LE(to_won, b.start.across);
  const double to_lost = layout_.links[2].points[1].across - layout_.links[2].size / 2;
  EXPECT_GE(to_lost, b.start.across + b.size);
  EXPECT_GE(layout_.nodes[4].start.across, layout_.nodes[3].start.across + layout_.nodes[3].size);
}

TEST_F(FlowLayoutTest, LinksBeginAndEndWithinTheirNodes) {
  for (size_t i = 0; i < links_.size(); ++i) {
    const PlacedLink& link = layout_.links[i];
    ASSERT_GE(link.points.size(), 2u);
    const PlacedNode& from = layout_.nodes[links_[i].from];
    const PlacedNode& to = layout_.nodes[links_[i].to];
    EXPECT_GE(link.points.front().across - link.size / 2, from.start.across - 1e-9) << i;
    EXPECT_LE(link.points.front().across + link.size / 2, from.start.across + from.size + 1e-9);
    EXPECT_GE(link.points.back().across - link.size / 2, to.start.across - 1e-9) << i;
    EXPECT_LE(link.points.back().across + link.size / 2, to.start.across + to.size + 1e-9) << i;
    EXPECT_EQ(link.back, i == 5);
  }
}

TEST(FlowChartTest, ADiagramWithoutMovesIsEmpty) {
  EXPECT_THAT(DrawFlow({"flow", {}, {}}, kWideWidth), HasSubstr("<svg"));
}

}  // namespace
}  // namespace crm::crmctl
