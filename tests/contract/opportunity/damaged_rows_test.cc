// Rows of opportunities that this version of the service cannot read.

#include "tests/contract/damaged_rows.h"

#include "absl/strings/str_cat.h"
#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::crm::testing::Damage;
using ::crm::testing::ExpectDamaged;

constexpr Damage kDamages[] = {
    {"StageTypeOfANewerVersion", "stage_type = 'PAUSED'"},
    {"CategoryOfANewerVersion", "forecast_category = 'DREAM'"},
    {"LossReasonOfANewerVersion", "loss_reason = 'WEATHER'"},
    {"ProbabilityBeyondAHundred", "probability = 101"},
    {"NoOwner", "owner = NULL"},
    {"DetailsThatAreAList", "details = '[]'"},
    {"NeedsThatAreNoList", "details = '{\"needs\": {}}'"},
    {"NeedThatIsAText", "details = '{\"needs\": [\"x\"]}'"},
    {"NeedOfANewerStrength", "details = '{\"needs\": [{\"strength\": 9}]}'"},
    {"ContractOfANewerStatus", "details = '{\"contract\": {\"status\": 99}}'"},
    {"RoleWithoutContact", "details = '{\"contactRoles\": [{\"role\": 1}]}'"},
    {"DayThatIsNone", "details = '{\"presentSupplier\": {\"releaseDate\": \"soon\"}}'"},
    {"LineItemWithoutAPrice", "work = '{\"lineItems\": [{\"product\": \"x\", \"quantity\": 1}]}'"},
    {"LineItemOfNothing",
     "work = '{\"lineItems\": [{\"product\": \"x\", \"quantity\": 0, \"unitPrice\": [\"EUR\", "
     "1]}]}'"},
    {"DiscountBeyondThePrice",
     "work = '{\"lineItems\": [{\"product\": \"x\", \"quantity\": 1, \"unitPrice\": [\"EUR\", 1], "
     "\"discount\": 1001}]}'"},
    {"CompetitorOfANewerStatus", "work = '{\"competitors\": [{\"status\": 4}]}'"},
    {"TeamThatIsAText", "work = '{\"team\": \"x\"}'"},
    {"AttributesThatAreAList", "attributes = '[]'"},
    {"AttributeThatIsANumber", "attributes = '{\"a\": 1}'"},
    {"NumberBeyondAnyRange", "details = '{\"paymentTerms\": {\"netDays\": 1e999}}'"},
};

class DamagedOpportunity : public StoreTest, public ::testing::WithParamInterface<Damage> {
 protected:
  std::string Sql(const std::string& sql) {
    return PostgresServer::Shared().Run(database_, "SET search_path = crm_opportunity; " + sql);
  }
};

TEST_P(DamagedOpportunity, IsDataLossForItselfAlone) {
  auto first = New(1);
  auto second = New(2);
  Create(first, second);
  Sql(
      absl::StrCat("ALTER TABLE opportunity DROP CONSTRAINT opportunity_snapshot, "
                   "ALTER owner DROP NOT NULL; UPDATE opportunity SET ",
                   GetParam().set, " WHERE id = '", Id(1).ToString(), "'"));
  const std::string row =
      absl::StrCat("SELECT opportunity FROM opportunity WHERE id = '", Id(1).ToString(), "'");
  const std::string before = Sql(row);
  crm::testing::ExpectDamageStaysAlone<Opportunity>(*repository_, {"acme", Id(1)}, {"acme", Id(2)},
                                                    OpportunityName(Id(1)), [](Opportunity& it) {
                                                      it.owner = "another";
                                                      return absl::OkStatus();
                                                    });
  EXPECT_EQ(Sql(row), before);
  listing::Query query;
  query.tenant = "acme";
  ExpectDamaged(reads_->List(query, absl::Now() + kPatience).status(), OpportunityName(Id(1)));
}

INSTANTIATE_TEST_SUITE_P(Opportunities, DamagedOpportunity, ::testing::ValuesIn(kDamages),
                         [](const auto& info) { return std::string(info.param.name); });

constexpr Damage kHistoryDamages[] = {
    {"StageTypeOfANewerVersion", "to_type = 'PAUSED'"},
    {"CategoryOfANewerVersion", "forecast_category = 'DREAM'"},
    {"LossReasonOfANewerVersion", "reason = 'WEATHER'"},
};

class DamagedHistory : public DamagedOpportunity {};

TEST_P(DamagedHistory, IsReadInFullOrNotAtAll) {
  auto first = New(1);
  Create(first);
  Sql(absl::StrCat("UPDATE stage_history SET ", GetParam().set));
  ExpectDamaged(reads_->StageChanges({"acme", Id(1)}, 0, 9, absl::Now() + kPatience).status(),
                OpportunityName(Id(1)));
}

INSTANTIATE_TEST_SUITE_P(Histories, DamagedHistory, ::testing::ValuesIn(kHistoryDamages),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace crm::opportunity::testing
