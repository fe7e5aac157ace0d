// How PostgreSQL reads lists of contacts.

#include "tests/support/list_plans.h"

#include "services/contact/rpc/contact_filters.h"
#include "services/contact/store/search_statements.h"
#include "services/contact/store/statements.h"
#include "tests/contract/contact/schema.h"
#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

// One of a hundred is an organization, with its own domain; the others work in one of these, every
// tenth in two.
constexpr char kContactSeed[] = R"(
INSERT INTO contact (tenant, id, revision, create_time, update_time, delete_time, kind,
    display_name, given_name, family_name, organization, job_title, domain, industry, location,
    emails, phones, owner, external_id, stage, stage_version, stage_time, employments, attributes)
SELECT 'plans', md5(n::text)::uuid, 1, t, t, CASE WHEN n % 50 = 1 THEN t END,
    CASE WHEN n % 100 = 0 THEN 'ORGANIZATION' ELSE 'PERSON' END, 'Contact ' || n, '', '',
    CASE WHEN n % 100 > 0 THEN md5((n / 100 * 100)::text)::uuid END, '',
    CASE WHEN n % 100 = 0 THEN 'o' || n || '.example' ELSE '' END, '', '',
    jsonb_build_array(jsonb_build_object('normalized', 'c' || n || '@example.com')), '[]',
    'agent-' || n / 10 % 200, 'x-' || n,
    CASE WHEN n % 3 = 0 THEN 'LEAD' ELSE 'CONTACT' END, 1, t, '[]',
    CASE WHEN n % 3 = 0 THEN jsonb_build_object('region', 'r' || n % 500) ELSE '{}' END
FROM generate_series(1, $ROWS) AS n,
  LATERAL (SELECT now() - interval '3 years' + n * (interval '3 years' / $ROWS) AS t) AS x;
INSERT INTO contact_employment SELECT tenant, organization, id FROM contact
  WHERE organization IS NOT NULL;
INSERT INTO contact_employment SELECT tenant, md5('100')::uuid, id FROM contact
  WHERE kind = 'PERSON' AND owner LIKE '%0' ON CONFLICT DO NOTHING;
INSERT INTO contact_key SELECT tenant, 'email', emails #>> '{0,normalized}', id FROM contact
  WHERE delete_time IS NULL;
INSERT INTO contact_key SELECT tenant, 'domain', domain, id FROM contact
  WHERE delete_time IS NULL AND domain <> '';
)";

constexpr crm::testing::PlanCase kContactCases[] = {
    {"", "", "contact_list"},
    {"owner = agent-7", "", "contact_owner"},
    {"stage = LEAD", "", "contact_list"},
    // md5('5000'), with a hundred people, and md5('100'), with a tenth of all.
    {"employments.organization = contacts/a35fe7f7-fe82-17b4-369a-0af4244d1fca", "",
     "contact_employment_pkey"},
    {"employments.organization = contacts/f899139d-f5e1-0593-9643-1415e770c6dd", "", ""},
    {"employments.organization = contacts/a35fe7f7-fe82-17b4-369a-0af4244d1fca AND owner = agent-7",
     "", ""},
    {"email = c77@example.com", "", "contact_key_pkey"},
    {"domain = o500.example", "", "contact_key_pkey"},
    {"attributes.region = r9", "", "contact_attributes"},
    {"attributes.region = nowhere", "", "contact_attributes"},
};

TEST(ContactListPlans, EveryFilterIsReadAsIntended) {
  const ServiceDatabase database("crm_contact", SchemaMigrations());
  const aggregate::ListedTable contacts{kListContacts, "delete_time IS NULL"};
  crm::testing::PlannedLists(
      database, "contact, contact_employment, contact_key", kContactSeed,
      [&contacts](const listing::Query&) { return contacts; }, ContactFields(),
      absl::MakeConstSpan(listing::kCreateTimeOrder<Contact>))
      .Expect(kContactCases);
}

// Ten thousand people called "Name N Last N", whom nobody has counted yet; the index
// has a word of all of them too.
constexpr char kTermSeed[] = R"(
INSERT INTO contact_search SELECT 'plans', md5(n::text)::uuid,
  'P wname' || n % 100 || ' wlast' || n || ' ' FROM generate_series(1, 10000) AS n;
INSERT INTO contact_term SELECT 'plans', 'wlast' || n, md5(n::text)::uuid
  FROM generate_series(1, 10000) AS n;
INSERT INTO contact_term SELECT 'plans', 'wname' || n % 100, md5(n::text)::uuid
  FROM generate_series(1, 10000) AS n;
INSERT INTO contact_term SELECT 'plans', 'wall', md5(n::text)::uuid
  FROM generate_series(1, 10000) AS n;
)";

// As it is read by a connection that has made its plan once for all queries.
std::string PlanOfAny(const ServiceDatabase& database, const pg::Statement& statement,
                      const std::string& arguments) {
  return database.Sql(absl::StrCat(
      database.AsApp("plans"), "SET plan_cache_mode = force_generic_plan; PREPARE any_query AS ",
      statement.sql, "; EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) ",
      "EXECUTE any_query (", arguments, ")"));
}

// Pages read, of all that is below the topmost node.
int PagesIn(const std::string& plan) {
  const std::string kLabel = "Buffers: shared hit=";
  const size_t at = plan.find(kLabel);
  return at == std::string::npos ? -1 : std::atoi(plan.c_str() + at + kLabel.size());
}

TEST(SearchPlans, ReadOnlyWhatBeginsAsAskedAndItsLines) {
  const ServiceDatabase database("crm_contact", SchemaMigrations());
  database.Sql(kTermSeed);
  const std::string others = "NULL, '{% wname7 %}', NULL, NULL, NULL, NULL, 50";
  const std::string nobody = "'', '00000000-0000-0000-0000-000000000000', ";
  for (const std::string& plan :
       {PlanOfAny(database, kScanBeginning,
                  absl::StrCat("'plans', 'wlast77', ", nobody, others, ", 'wlast78'")),
        PlanOfAny(
            database, kScanTerms,
            absl::StrCat("'plans', '{wlast107,wlast7707}', ", nobody, others, ", NULL, true"))}) {
    EXPECT_THAT(plan, ::testing::HasSubstr("contact_term_pkey"));
    EXPECT_THAT(plan, ::testing::HasSubstr("contact_search_pkey"));
    EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("Sort"))) << plan;
    EXPECT_GT(PagesIn(plan), 0) << plan;
    EXPECT_LT(PagesIn(plan), 600) << "some 111 beginnings, three pages a line: " << plan;
  }
  const std::string also =
      PlanOfAny(database, kScanTerms,
                absl::StrCat("'plans', '{wname8}', ", nobody, others, ", 'wname7', false"));
  EXPECT_THAT(also, ::testing::ContainsRegex("contact_search_pkey[^>]*never executed")) << also;
  EXPECT_LT(PagesIn(also), 400) << "a hundred contacts, three pages each: " << also;
  const auto rare_and_common = [&](const char* looks_up_each) {
    return PlanOfAny(
        database, kScanTerms,
        absl::StrCat("'plans', '{wlast77}', ", nobody,
                     "NULL, '{% wall %}', NULL, NULL, NULL, NULL, 50, 'wall', ", looks_up_each));
  };
  EXPECT_LT(PagesIn(rare_and_common("true")), 20);
  EXPECT_GT(PagesIn(rare_and_common("false")), 50) << "reads all that have the common word";
  const std::string measured =
      PlanOfAny(database, kMeasureTerms, "'plans', '{wlast77,wname7}', '{wlast78,wname8}', 10");
  EXPECT_THAT(measured, ::testing::Not(::testing::HasSubstr("Seq Scan"))) << measured;
  EXPECT_GT(PagesIn(measured), 0) << measured;
  EXPECT_LT(PagesIn(measured), 80) << "four reads of a few pages for each term: " << measured;
}

}  // namespace
}  // namespace crm::contact::testing
