// How PostgreSQL reads lists of opportunities.

#include "tests/support/list_plans.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/opportunity/rpc/opportunity_filters.h"
#include "services/opportunity/store/opportunity_reads.h"
#include "tests/contract/opportunity/schema.h"
#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

// Opportunities as a tenant has them after years: seven of ten are closed.
constexpr char kSeed[] = R"(
SELECT setseed(0.5);
INSERT INTO opportunity (tenant, id, revision, create_time, update_time, display_name, contact,
    lead, owner, external_id, amount_currency, amount_minor, expected_close_date, pipeline, stage,
    stage_type, stage_version, probability, probability_manual, forecast_category,
    forecast_category_manual, loss_reason, loss_note, open_time, close_time, stage_enter_time,
    details, next_step, next_step_due, attributes, delete_time, cloned_from)
SELECT 'plans', gen_random_uuid(), 3, t, t + wait, 'Opportunity ' || n,
    md5((n % ($ROWS / 4))::text)::uuid, gen_random_uuid(), 'agent-' || n / 10 % 200, 'deal-' || n,
    CASE WHEN n % 10 > 0 THEN CASE WHEN n % 3 = 0 THEN 'USD' ELSE 'EUR' END END,
    CASE WHEN n % 10 > 0 THEN (random() * 10000000)::bigint END,
    CASE WHEN n % 7 > 0 THEN (t + wait + interval '20 days')::date END, 'default',
    CASE WHEN kind < 3 THEN (ARRAY['discovery', 'proposal', 'contract'])[kind + 1]
         WHEN kind < 6 THEN 'won' ELSE 'lost' END,
    CASE WHEN kind < 3 THEN 'OPEN' WHEN kind < 6 THEN 'WON' ELSE 'LOST' END, 3,
    CASE WHEN kind < 3 THEN 40 WHEN kind < 6 THEN 100 ELSE 0 END, false,
    CASE WHEN kind < 3 THEN 'PIPELINE' WHEN kind < 6 THEN 'CLOSED' ELSE 'OMITTED' END, false,
    CASE WHEN kind >= 6 THEN 'PRICE' END, '', t, CASE WHEN kind >= 3 THEN t + wait END, t + wait,
    '{"needs": [{"text": "forty presses, and paper"}]}',
    CASE WHEN n % 5 = 0 THEN 'Call them' ELSE '' END,
    CASE WHEN n % 5 = 0 THEN (t + wait + interval '3 days')::date END,
    CASE WHEN n % 3 = 0 THEN jsonb_build_object('region', 'r' || n % 500, 'size', (n % 3)::text) ELSE '{}' END,
    CASE WHEN n % 50 = 0 THEN t + wait END,
    CASE WHEN n % 100 = 0 THEN gen_random_uuid() END
FROM generate_series(1, $ROWS) AS n,
  LATERAL (SELECT now() - interval '3 years' + n * (interval '3 years' / $ROWS) AS t,
                  random() * interval '60 days' AS wait, n * 7 % 10 AS kind) AS x;
)";

constexpr crm::testing::PlanCase kCases[] = {
    {"", "", "opportunity_create_time"},
    {"", "create_time desc", "opportunity_create_time"},
    {"", "amount", "opportunity_amount"},
    {"", "amount desc", "opportunity_amount"},
    {"", "expected_close_date", "opportunity_close_date"},
    {"", "expected_close_date desc", "opportunity_close_date"},
    {"", "stage_enter_time", ""},
    {"", "update_time desc", ""},
    {"stage_type = OPEN", "", ""},
    {"stage_type = OPEN", "expected_close_date", "open_opportunity_pkey"},
    {"stage_type = OPEN", "expected_close_date desc", "open_opportunity_pkey"},
    {"stage_type = OPEN AND expected_close_date >= 2026-01-10", "expected_close_date",
     "open_opportunity_pkey"},
    {"owner = agent-7 AND stage_type = OPEN", "expected_close_date", "opportunity_owner"},
    {"stage_type = OPEN", "amount desc", ""},
    {"stage_type = OPEN", "update_time desc", ""},
    {"stage_type = WON", "create_time desc", ""},
    {"stage = proposal", "", ""},
    {"stage = nowhere", "", ""},
    {"stage IN (proposal, contract)", "amount desc", ""},
    {"forecast_category = PIPELINE", "", ""},
    {"pipeline = pipelines/default", "", ""},
    {"owner = agent-7", "", "opportunity_owner"},
    {"owner = agent-7 AND stage_type = OPEN", "amount desc", ""},
    {"contact = contacts/c4ca4238-a0b9-2382-0dcc-509a6f75849b", "", "opportunity_contact"},
    {"lead = leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e", "", "lead"},
    {"external_id = deal-77", "", "opportunity_external_id"},
    {"cloned_from = opportunities/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e", "",
     "opportunity_cloned_from"},
    {"amount > \"9999000 EUR\"", "", "opportunity_amount"},
    {"amount >= \"100 EUR\" AND amount < \"5000000 EUR\"", "amount desc", "opportunity_amount"},
    {"expected_close_date >= 2026-01-10 AND expected_close_date < 2026-01-11", "",
     "opportunity_close_date"},
    {"overdue = true", "expected_close_date", "open_opportunity_pkey"},
    {"next_step.due_date < 2023-12-10", "", "opportunity_next_step"},
    {"attributes.region = r9", "", "opportunity_attributes"},
    {"attributes.region = r9 AND stage_type = OPEN", "amount desc", "opportunity_attributes"},
    {"attributes.region = nowhere", "", "opportunity_attributes"},
    {"days_in_stage >= 30 AND stage_type = OPEN", "", ""},
    {"days_since_update >= 90 AND stage_type = OPEN", "stage_enter_time", ""},
    {"stage_enter_time >= 2026-01-01", "", ""},
    {"update_time >= 2026-01-01", "update_time desc", ""},
    {"create_time >= 2026-01-01", "", ""},
};

TEST(ListPlans, EveryFilterAndOrderIsReadAsIntended) {
  const crm::testing::ServiceDatabase database("crm_opportunity", SchemaMigrations());
  crm::testing::PlannedLists(database, "opportunity, open_opportunity", kSeed, ListedTableFor,
                             OpportunityFields(), OpportunityOrders())
      .Expect(kCases);
}

// By a plan that was made once for all: a closing reads one entry of what is open, however much is.
TEST(ClosingPlans, AClosingReadsOneEntryOfTheOpenOnes) {
  const crm::testing::ServiceDatabase database("crm_opportunity", SchemaMigrations());
  database.Sql(absl::StrReplaceAll(kSeed, {{"$ROWS", "100"}}));
  database.Sql(
      "INSERT INTO open_opportunity SELECT 'plans', DATE '10000-01-01', gen_random_uuid() "
      "FROM generate_series(1, 20000)");
  const std::string pages = database.Sql(absl::StrCat(
      database.AsApp("plans"),
      "SET plan_cache_mode = force_generic_plan; BEGIN; "
      "UPDATE opportunity SET close_time = now(), stage = 'lost', stage_type = 'LOST', "
      "loss_reason = 'PRICE', probability = 0 WHERE tenant = 'plans' AND id = (SELECT id FROM "
      "opportunity "
      "WHERE stage_type = 'OPEN' AND expected_close_date IS NULL LIMIT 1); "
      "SELECT pg_stat_get_xact_blocks_fetched('open_opportunity_pkey'::regclass)"));
  int read = 0;
  ASSERT_TRUE(absl::SimpleAtoi(pages, &read)) << pages;
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 10) << "of more than a hundred";
}

}  // namespace
}  // namespace crm::opportunity::testing
