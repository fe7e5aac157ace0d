// How PostgreSQL reads lists of leads.

#include "tests/support/list_plans.h"

#include "services/lead/rpc/lead_filters.h"
#include "services/lead/store/statements.h"
#include "tests/contract/lead/schema.h"
#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

// Leads as a tenant has them after years: one of ten is worked on.
constexpr char kLeadSeed[] = R"(
SELECT setseed(0.5);
INSERT INTO lead (tenant, id, revision, create_time, update_time, contact, state, stage_version,
    state_enter_time, owner, source, source_detail, interests, buying_role, external_id,
    assessments, disqualify_reason, disqualify_note, qualification_overridden, override_reason,
    activity_count, two_way_contact, first_response_time, last_activity_time, conversion_refusal,
    open_time, organization, next_step, next_step_due, attributes, delete_time, score, outcome,
    stale_time)
SELECT 'plans', gen_random_uuid(), 3, t, t + wait, md5((n % ($ROWS / 4))::text)::uuid,
    CASE WHEN kind < 10 THEN (ARRAY['NEW', 'WORKING', 'QUALIFIED'])[kind % 3 + 1]
         WHEN kind < 40 THEN 'CONVERTED' ELSE 'DISQUALIFIED' END,
    3, t + wait, 'agent-' || n / 10 % 200,
    (ARRAY['WEB', 'REFERRAL', 'EVENT', 'ADVERT', 'OUTBOUND', 'PARTNER', 'IMPORT'])[n % 7 + 1], '',
    CASE WHEN n % 4 = 0 THEN '[]' ELSE format('["product %s"]', n % 397) END::json, 'BUYER',
    'lead-' || n,
    '[{"id":"018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e","criterion":"NEED","finding":"MET",'
    '"source":"CALL","observed":1767225600000000,"recorded":1767225600000000}]',
    'UNSPECIFIED', '', false, '', 2, true,
    CASE WHEN n % 5 > 0 THEN t + wait / 10 END, CASE WHEN n % 9 > 0 THEN t + wait END, '', t,
    CASE WHEN n % 3 = 0 THEN md5((n % ($ROWS / 20))::text)::uuid END,
    CASE WHEN n % 5 = 0 THEN 'Call them' ELSE '' END,
    CASE WHEN n % 5 = 0 THEN (t + wait + interval '3 days')::date END,
    CASE WHEN n % 3 = 0 THEN jsonb_build_object('region', 'r' || n % 500) ELSE '{}' END,
    CASE WHEN kind >= 40 AND n % 50 = 1 THEN t + wait END, score,
    CASE WHEN score >= 70 THEN 'QUALIFIED' WHEN score >= 30 THEN 'INSUFFICIENT_EVIDENCE'
         WHEN score IS NOT NULL THEN 'NOT_QUALIFIED' END, t + wait + interval '180 days'
FROM generate_series(1, $ROWS) AS n,
  LATERAL (SELECT now() - interval '3 years' + n * (interval '3 years' / $ROWS) AS t,
                  random() * interval '60 days' AS wait, n * 7 % 100 AS kind,
                  CASE WHEN n % 6 > 0 THEN (random() * 20)::int * 5 END AS score) AS x;
)";

constexpr crm::testing::PlanCase kLeadCases[] = {
    {"", "", "lead_create_time"},
    {"", "create_time desc", "lead_create_time"},
    {"", "next_step.due_date", "lead_next_step"},
    {"", "next_step.due_date desc", "lead_next_step"},
    {"", "score desc", ""},
    {"", "last_activity_time", ""},
    {"state = NEW", "", ""},
    {"state = NEW", "create_time desc", ""},
    {"state IN (NEW, WORKING, QUALIFIED)", "score desc", ""},
    {"owner = agent-7", "", "lead_owner"},
    {"owner = agent-7 AND state IN (NEW, WORKING, QUALIFIED)", "score desc", "lead_owner"},
    {"owner = agent-7 AND state IN (NEW, WORKING, QUALIFIED)", "last_activity_time", "lead_owner"},
    {"source = EVENT", "", "lead_source"},
    {"source = OTHER", "create_time desc", "lead_source"},
    {"source = EVENT AND state = WORKING", "", "lead_source"},
    {"contact = contacts/c4ca4238-a0b9-2382-0dcc-509a6f75849b", "", "lead_contact"},
    {"organization = contacts/c4ca4238-a0b9-2382-0dcc-509a6f75849b", "", "lead_organization"},
    {"interest = \"product 9\"", "", ""},
    {"interest = \"no such product\"", "", "lead_interests"},
    {"external_id = lead-77", "", "lead_external_id"},
    {"attributes.region = r9", "", "lead_attributes"},
    {"attributes.region = nowhere", "", "lead_attributes"},
    {"score >= 90", "", ""},
    {"score >= 90 AND owner = agent-7", "score desc", "lead_owner"},
    {"verdict = QUALIFIED", "create_time desc", ""},
    {"stale_evidence = true", "create_time desc", ""},
    {"responded = false AND state = NEW", "create_time desc", ""},
    {"response_hours > 24", "create_time desc", ""},
    {"last_activity_time < 2026-06-01", "", ""},
    {"last_activity_time >= 2026-10-01", "", ""},
    {"next_step.due_date < 2023-12-31", "", "lead_next_step"},
    {"overdue = true", "next_step.due_date desc", "lead_next_step"},
    {"overdue = true AND owner = agent-7", "next_step.due_date", ""},
    {"create_time >= 2026-01-01 AND create_time < 2026-02-01", "", "lead_create_time"},
};

TEST(LeadListPlans, EveryFilterAndOrderIsReadAsIntended) {
  const ServiceDatabase database("crm_lead", SchemaMigrations());
  const aggregate::ListedTable leads{kSelectLeads, "delete_time IS NULL"};
  crm::testing::PlannedLists(
      database, "lead", kLeadSeed, [&leads](const listing::Query&) { return leads; }, LeadFields(),
      LeadOrders())
      .Expect(kLeadCases);
}

}  // namespace
}  // namespace crm::lead::testing
