// An import's worth of events: many deals of few contacts, both streams, in batches.

#include <cstdio>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/pg/transaction.h"
#include "tests/integration/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

constexpr int kDeals = 2000;
constexpr int kCompanies = 85;
constexpr size_t kBatch = 500;

class ImportedEvents : public LifecycleTest {
 protected:
  void Run(const std::vector<event::v1::StageEvent>& events) {
    pg::Pool pool(options_, 1);
    for (size_t at = 0; at < events.size(); at += kBatch) {
      const auto batch = absl::MakeConstSpan(events).subspan(at, kBatch);
      const absl::Status status = pg::RunInTransaction(
          pool, pg::Tenants::All(), absl::Now() + kPatience,
          [&](pg::Transaction& transaction) { return effect_(transaction, batch); });
      ASSERT_TRUE(status.ok()) << status;
    }
  }

  void Add(std::vector<event::v1::StageEvent>& events, event::v1::StageChanged change) {
    event::v1::StageEvent event;
    event.set_sequence(static_cast<int64_t>(events.size()) + 1);
    *event.mutable_change() = std::move(change);
    events.push_back(std::move(event));
  }
};

TEST_F(ImportedEvents, EndInTheSumsOfTheirDeals) {
  std::vector<base::Uuid> companies;
  for (int i = 0; i < kCompanies; ++i) companies.push_back(AddContact(absl::StrCat("C", i)));
  std::vector<event::v1::StageEvent> leads;
  std::vector<event::v1::StageEvent> deals;
  std::map<base::Uuid, int64_t> sums;
  for (int i = 0; i < kDeals; ++i) {
    const base::Uuid& company = companies[static_cast<size_t>(i) % companies.size()];
    const base::Uuid lead = ids_.New();
    const base::Uuid deal = ids_.New();
    Add(leads, Lead(lead, company, 1, "NEW"));
    Add(leads, Lead(lead, company, 2, "WORKING"));
    Add(leads, Lead(lead, company, 3, "QUALIFIED"));
    Add(leads, Lead(lead, company, 4, "CONVERTING"));
    event::v1::StageChanged converted = Lead(lead, company, 5, "CONVERTED");
    converted.set_opportunity("opportunities/" + deal.ToString());
    Add(leads, converted);
    Add(deals, Deal(deal, company, 1, "OPEN"));
    const bool won = i % 2 == 0;
    if (won) sums[company] += i + 1;
    Add(deals, Deal(deal, company, 2, won ? "WON" : "LOST", won ? i + 1 : 0));
  }
  const absl::Time begin = absl::Now();
  Run(leads);
  Run(deals);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  std::printf("%zu events, %.0f a second\n", leads.size() + deals.size(),
              static_cast<double>(leads.size() + deals.size()) / seconds);

  std::string expected;
  for (const auto& [company, sum] : sums) {
    absl::StrAppend(&expected, expected.empty() ? "" : "\n", company.ToString(), "|", sum);
  }
  EXPECT_EQ(Sql("SELECT customer, win_sums->>'USD' FROM account ORDER BY customer"), expected);
  EXPECT_EQ(Sql("SELECT sum(win_count) FROM account"), std::to_string(kDeals / 2));
  EXPECT_EQ(Sql("SELECT stage, count(*) FROM contact GROUP BY 1"), "CUSTOMER|85");
  EXPECT_EQ(Sql("SELECT count(*) FROM contact_lifecycle WHERE live_leads <> 0 OR "
                "live_opportunities <> 0"),
            "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM (SELECT version - lag(version, 1, version - 1) OVER "
                "(PARTITION BY aggregate ORDER BY version) AS step FROM stage_history) s "
                "WHERE step <> 1"),
            "0")
      << "versions are dense";
}

}  // namespace
}  // namespace crm::contact::testing
