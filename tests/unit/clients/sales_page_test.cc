// The page of sales: whole, without the network, and nothing that a name says is markup.

#include "clients/crmctl/page/sales_page.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "clients/crmctl/page/flow_chart.h"

namespace crm::crmctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace v1 = opportunity::v1;

void Parse(const nlohmann::json& json, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json.dump(), &message);
  EXPECT_TRUE(status.ok()) << status.ToString();
}

// Questions and answers in the form in which pages hold them.
SalesFigures FiguresFrom(const nlohmann::json& json) {
  SalesFigures figures;
  size_t i = 0;
  const auto take = [&](auto& asked) {
    const nlohmann::json& question = json.at("questions").at(i++);
    Parse(question.at("request"), asked.request);
    Parse(question.at("answer"), asked.answer);
  };
  SalesFigures::ForEach(figures, take);
  LeadFigures::ForEach(figures.leads.emplace(), take);
  EXPECT_EQ(i, json.at("questions").size());
  return figures;
}

const SalesFigures& Sample() {
  static const auto* const figures = [] {
    std::ifstream file(std::string(std::getenv("CRM_SOURCE_DIR")) +
                       "/tests/unit/clients/sales_figures.json");
    return new SalesFigures(FiguresFrom(nlohmann::json::parse(file)));
  }();
  return *figures;
}

std::string PageOf(const SalesFigures& figures) {
  Page page = SalesPage(figures);
  page.json = JsonOf(figures);
  return RenderPage(page);
}

// What a browser would fetch or run.
constexpr const char* kReferences[] = {"http:", "https:", "src=",    "url(",    "@import",
                                       "<link", "<img",   "<use",    "<iframe", "<object",
                                       "<base", "onload", "<a xlink"};

TEST(SalesPage, NamesAreNeverMarkup) {
  const std::string page = PageOf(Sample());
  EXPECT_THAT(page, Not(HasSubstr("</script><script")));
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;script"));
  EXPECT_THAT(page, HasSubstr("Needs &lt;confirmed&gt; &amp; agreed"));
  size_t scripts = 0;
  for (size_t at = 0; (at = page.find("<script", at)) != std::string::npos; ++at) ++scripts;
  EXPECT_EQ(scripts, 1u) << "the figures, which are no program";
  EXPECT_THAT(page, HasSubstr("<script type=\"application/json\" id=\"figures\">"));
}

TEST(SalesPage, RefersToNothingOutsideOfIt) {
  SalesFigures figures = Sample();
  figures.at_risk.answer.clear_things();
  figures.wins_by_owner.answer.clear_rows();
  const std::string page = PageOf(figures);
  for (const char* const reference : kReferences) EXPECT_THAT(page, Not(HasSubstr(reference)));
  for (size_t at = 0; (at = page.find("href=\"", at)) != std::string::npos; at += 6) {
    EXPECT_EQ(page[at + 6], '#') << page.substr(at, 60);
  }
}

TEST(SalesPage, HoldsItsFiguresAsTheyWereAnswered) {
  const std::string page = PageOf(Sample());
  const std::string begin = "id=\"figures\">";
  const size_t from = page.find(begin) + begin.size();
  const auto json = nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
  SalesFigures held = FiguresFrom(json);
  EXPECT_EQ(JsonOf(held), JsonOf(Sample()));
  EXPECT_EQ(json["questions"][0]["service"], "crm.opportunity.v1.ReportService");
  EXPECT_EQ(json["questions"][0]["method"], "SummarizePipeline");
}

TEST(SalesPage, EachPictureHasItsTable) {
  for (const Section& section : SalesPage(Sample()).sections) {
    for (const Figure& figure : section.figures) {
      SCOPED_TRACE(figure.title);
      ASSERT_FALSE(figure.table.rows.empty());
      for (const auto& row : figure.table.rows) {
        EXPECT_EQ(row.size(), figure.table.titles.size());
      }
      if (!figure.draw) continue;
      for (const double width : {kWideWidth, kNarrowWidth}) {
        const std::string picture = figure.draw(width);
        EXPECT_THAT(picture, HasSubstr("role=\"img\""));
        EXPECT_THAT(picture, HasSubstr("aria-label=\""));
        EXPECT_THAT(picture, Not(HasSubstr("nan")));
        EXPECT_THAT(picture, Not(HasSubstr("inf")));
      }
    }
  }
}

TEST(SalesPage, TheWaterfallEndsWhereTheForecastIs) {
  const Section section = ForecastSection(Sample());
  std::vector<std::string> titles;
  for (const Figure& figure : section.figures) titles.push_back(figure.title);
  EXPECT_THAT(titles, ::testing::ElementsAre("Forecast by month, EUR", "Forecast by month, JPY",
                                             HasSubstr("since the month began, EUR")));
  const std::string picture = section.figures[2].draw(kWideWidth);
  EXPECT_THAT(picture, HasSubstr(">before<"));
  EXPECT_THAT(picture, HasSubstr(">+61"));
  EXPECT_THAT(picture, HasSubstr(">8.90M EUR<"));
}

TEST(SalesPage, LeadsAreToldWhereTheirServiceTellsThem) {
  EXPECT_THAT(PageOf(Sample()), HasSubstr("Leads by source"));
  SalesFigures figures = Sample();
  figures.leads.reset();
  EXPECT_THAT(PageOf(figures), Not(HasSubstr("Leads by source")));
}

TEST(SalesPage, WaitsAreSaidInTheUnitThatFits) {
  EXPECT_EQ(MinutesText(5), "5 min");
  EXPECT_EQ(MinutesText(75), "1.25 h");
  EXPECT_EQ(MinutesText(1440), "1 day");
  EXPECT_EQ(MinutesText(10080), "7 days");
}

TEST(SalesPage, WithoutAnyOpportunityItSaysSo) {
  const std::string page = PageOf(SalesFigures());
  EXPECT_THAT(page, HasSubstr("Nothing to show."));
  EXPECT_THAT(page, Not(HasSubstr("<svg")));
}

// For whoever wants to look at it.
TEST(SalesPage, IsWrittenForBrowsers) {
  const char* const file = std::getenv("CRM_PAGE_FILE");
  if (file == nullptr) GTEST_SKIP() << "name a file in CRM_PAGE_FILE";
  std::ofstream(file) << PageOf(Sample());
}

}  // namespace
}  // namespace crm::crmctl
