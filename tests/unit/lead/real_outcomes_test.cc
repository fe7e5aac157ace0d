// What the arithmetic makes of real deals. Neither data set has leads that were given up, so deals
// won and lost stand for leads that were converted and not: docs/prediction.md.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "absl/strings/numbers.h"
#include "clients/crmctl/import/csv_table.h"
#include "services/lead/domain/model_evaluation.h"
#include "tests/support/stack.h"

namespace crm::lead {
namespace {

using crmctl::CsvTable;
using Rows = std::vector<std::map<std::string, std::string>>;

// A set of deals: its files, and the columns and words that matter.
struct DealSet {
  const char *companies, *deals;
  const char *id, *stage, *won, *lost, *closed, *product, *company_key, *company;
  const char *industry, *country, *source, *role;  // the last two may be ""
};

constexpr DealSet kMaven = {"accounts.csv",
                            "sales_pipeline.csv",
                            "opportunity_id",
                            "deal_stage",
                            "Won",
                            "Lost",
                            "close_date",
                            "product",
                            "account",
                            "account",
                            "sector",
                            "office_location",
                            "",
                            ""};
constexpr DealSet kSample = {"companies.csv", "deals.csv", "deal",      "status",  "sold",
                             "gone",          "closed_on", "product",   "company", "company",
                             "industry",      "country",   "came_from", "role"};

Rows RowsOf(const std::string& path) {
  const absl::StatusOr<CsvTable> table = CsvTable::Read(path);
  EXPECT_TRUE(table.ok()) << table.status();
  Rows rows;
  if (!table.ok()) return rows;
  for (const crmctl::CsvRow& row : table->rows()) {
    auto& values = rows.emplace_back();
    for (size_t i = 0; i < table->columns().size(); ++i) {
      values[table->columns()[i]] = row.fields[i];
    }
  }
  return rows;
}

Lead LeadOf(std::map<std::string, std::string>& deal, const DealSet& set) {
  Lead lead;
  lead.interests = {deal[set.product]};
  lead.source =
      base::ValueOf(kLeadSourceNames, deal[set.source]).value_or(LeadSource::kUnspecified);
  lead.buying_role =
      base::ValueOf(kBuyingRoleNames, deal[set.role]).value_or(BuyingRole::kUnspecified);
  return lead;
}

std::vector<Outcome> OutcomesOf(const std::string& folder, const DealSet& set) {
  std::map<std::string, OrganizationFacts> companies;
  for (auto& row : RowsOf(folder + "/" + set.companies)) {
    OrganizationFacts& facts = companies[row[set.company_key]];
    facts.industry = row[set.industry];
    facts.country = row[set.country];
    int employees = 0;
    if (absl::SimpleAtoi(row["employees"], &employees)) facts.employee_count = employees;
  }
  Rows deals = RowsOf(folder + "/" + set.deals);
  std::sort(deals.begin(), deals.end(), [&](auto& a, auto& b) { return a[set.id] < b[set.id]; });
  std::vector<Outcome> outcomes;
  for (auto& deal : deals) {
    const std::string& stage = deal[set.stage];
    if (stage != set.won && stage != set.lost) continue;
    absl::Time closed;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d", deal[set.closed], &closed, &error)) << error;
    outcomes.push_back({base::Uuid(0x7000, outcomes.size()), closed, stage == set.won,
                        FactsOf(LeadOf(deal, set), closed, companies[deal[set.company]])});
  }
  return outcomes;
}

// For who wants to read them: ctest -V.
void PrintFigures(const char* name, const Evaluation& found) {
  const Quality& quality = found.all_factors;
  std::printf("%s: AUC %.4f, Brier score %.4f (reference %.4f)\n", name, *quality.auc,
              quality.brier_score, found.reference_brier_score);
  for (const ReliabilityBin& bin : quality.reliability) {
    if (bin.leads == 0) continue;
    std::printf("  %.0f-%.0f %%: %d, said %.3f, won %.3f\n", bin.lower * 100, bin.upper * 100,
                static_cast<int>(bin.leads), bin.mean_predicted, bin.share_converted);
  }
}

TEST(RealOutcomes, OfMavensDealsNothingIsForetold) {
  const char* given = std::getenv("CRM_TEST_DATA");
  const std::string folder =
      given != nullptr ? given : crm::testing::SourceFolder() + "/../shared/data/maven-crm";
  if (access((folder + "/sales_pipeline.csv").c_str(), R_OK) != 0) GTEST_SKIP() << "no real data";
  const Evaluation found = Evaluate(OutcomesOf(folder, kMaven));
  PrintFigures("maven", found);
  EXPECT_EQ(found.learned_converted + found.tested_converted, 4238);
  EXPECT_EQ(found.learned_other + found.tested_other, 2473);
  // Products, sectors, sizes and countries say nothing of who buys: worse than always saying the
  // same, and no better than guessing.
  EXPECT_NEAR(*found.all_factors.auc, .4779, .0001);
  EXPECT_NEAR(found.all_factors.brier_score, .2298, .0001);
  EXPECT_NEAR(found.reference_brier_score, .2278, .0001);
}

TEST(RealOutcomes, TheSampleIsTooSmallToTell) {
  const std::vector<Outcome> outcomes =
      OutcomesOf(crm::testing::SourceFolder() + "/clients/crmctl/sample", kSample);
  const Evaluation found = Evaluate(outcomes);
  PrintFigures("sample", found);
  EXPECT_EQ(outcomes.size(), 38U);
  EXPECT_FALSE(CheckEnough(24, 14).ok());
  EXPECT_NEAR(*found.all_factors.auc, .75, .0001) << "six against two";
  EXPECT_NEAR(found.all_factors.brier_score, .1911, .0001);
}

}  // namespace
}  // namespace crm::lead
