// What must hold for the schema of every service.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "common/access/access_store.h"
#include "common/aggregate/revisions.h"
#include "common/event/migrations/migrations.h"
#include "common/idempotency/ledger.h"
#include "common/pg/migrator.h"
#include "services/contact/domain/personal_data.h"
#include "services/contact/store/contact_table.h"
#include "services/lead/domain/personal_data.h"
#include "services/lead/store/lead_table.h"
#include "services/opportunity/domain/personal_data.h"
#include "services/opportunity/store/opportunity_table.h"
#include "tests/support/postgres_server.h"

namespace crm::testing {
namespace {

struct Subject {
  const char* service;
  pg::MigrationSet (*migrations)();
  const base::PersonalData& (*personal)();
  base::ImpersonalColumns (*impersonal)();
};

class SchemaTest : public ::testing::TestWithParam<Subject> {
 protected:
  SchemaTest() : schema_(std::string("crm_") + GetParam().service) {
    PostgresServer& server = PostgresServer::Shared();
    database_ = server.CreateDatabase();
    const auto events = event::Migrations();
    const auto applied = pg::Migrate({server.Url(database_), schema_, "test"},
                                     {{"event", {events.begin(), events.end()}},
                                      idempotency::Migrations(),
                                      aggregate::Migrations(),
                                      access::Migrations(),
                                      GetParam().migrations()});
    EXPECT_TRUE(applied.ok()) << applied.status();
  }

  std::string Query(const std::string& sql) {
    return PostgresServer::Shared().Run(database_, "SET search_path TO " + schema_ + ";" + sql);
  }

  const std::string schema_;
  std::string database_;
};

// Plans are made once, perhaps while a table is empty and all its indexes look alike. The planner
// then takes the youngest, and that must be the one that finds a row by its key. A hash answers one
// question alone, and so is never alike.
TEST_P(SchemaTest, ThePrimaryKeyIsTheYoungestIndexOfItsTable) {
  EXPECT_EQ(Query("SELECT i.indrelid::regclass FROM pg_index i "
                  "JOIN pg_class c ON c.oid = i.indrelid "
                  "WHERE i.indisprimary AND c.relkind = 'r' "
                  "AND c.relnamespace = current_schema()::regnamespace "
                  "AND c.relname NOT IN ('idempotency') "  // its other index is a BRIN one
                  "AND EXISTS (SELECT FROM pg_index o JOIN pg_class oc ON oc.oid = o.indexrelid "
                  "JOIN pg_am am ON am.oid = oc.relam WHERE o.indrelid = i.indrelid "
                  "AND o.indexrelid > i.indexrelid AND am.amname <> 'hash')"),
            "");
}

// So that the schema shards by tenant and no unique key reaches across tenants. What belongs to the
// whole service, not to a tenant, is named here.
TEST_P(SchemaTest, EveryUniqueKeyOfATenantsDataBeginsWithTheTenant) {
  EXPECT_EQ(Query("SELECT i.indexrelid::regclass FROM pg_index i "
                  "JOIN pg_class c ON c.oid = i.indrelid "
                  "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
                  "WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace "
                  "AND a.attname <> 'tenant' AND c.relname NOT LIKE 'event\\_%' "
                  "AND c.relname NOT IN ('schema_migrations', 'outbox_in', 'consumer_inbox', "
                  "'dead_letter', 'training_turn')"),
            "");
}

// Row-level security: the migration that makes a table with a tenant calls wall_tenants('its
// name'). Partitions are out of every role's reach.
TEST_P(SchemaTest, EveryTableOfATenantsDataIsWalled) {
  EXPECT_EQ(Query("SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                  "WHERE a.attname = 'tenant' AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
                  "AND c.relnamespace = current_schema()::regnamespace "
                  "AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS ("
                  "SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenants'))"),
            "");
}

TEST_P(SchemaTest, AllPoliciesAreTheSameAndForEverybody) {
  EXPECT_EQ(Query("SELECT count(DISTINCT pg_get_expr(polqual, polrelid)) FROM pg_policy"), "1");
  EXPECT_EQ(Query("SELECT polrelid::regclass FROM pg_policy WHERE polname <> 'tenants' "
                  "OR polcmd <> '*' OR NOT polpermissive OR polroles <> '{0}' "
                  "OR polwithcheck IS NOT NULL"),
            "");
}

TEST_P(SchemaTest, EveryConstraintIsNamedAfterItsTable) {
  EXPECT_EQ(Query("SELECT conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
                  "WHERE c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition "
                  "AND NOT starts_with(conname, c.relname || '_')"),
            "");
}

// What the libraries of all services store: ids, codes and actors; notes of moves, old values and
// answers, which every erasure empties by itself; events, in which nothing is personal; where
// tenants want them sent.
constexpr const char* kOfLibraries[] = {
    "access_log.", "access_name.",       "consumer_inbox.",   "dead_letter.",
    "event_log.",  "event_stream.",      "idempotency.",      "outbox_in.",
    "revision.",   "schema_migrations.", "stage_correction.", "stage_history.",
    "webhook.",    "webhook_delivery.",  "webhook_secret."};

// So that no column is forgotten when a person is erased: whoever adds one says what it is, in the
// personal_data.cc of the service's domain.
TEST_P(SchemaTest, EveryColumnThatCanHoldTextIsPersonalOrSaidNotToBe) {
  std::set<std::string> said;
  for (const base::PersonalColumn& column : GetParam().personal().columns) {
    EXPECT_TRUE(said.insert(absl::StrCat(column.table, ".", column.column)).second);
  }
  for (const char* column : GetParam().impersonal()) {
    EXPECT_TRUE(said.insert(column).second) << column << " is said to be both";
  }
  std::set<std::string> stored;
  for (const auto column : absl::StrSplit(
           Query(
               "SELECT c.relname || '.' || a.attname FROM pg_attribute a "
               "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
               "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
               "AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped "
               "AND a.attname <> 'tenant' AND (t.typcategory = 'S' OR t.typname IN "
               "('json', 'jsonb', 'bytea', '_text', '_json', '_jsonb', '_bytea', 'xml')) "
               "ORDER BY 1"),
           '\n', absl::SkipEmpty())) {
    bool library = false;
    for (const char* table : kOfLibraries) library |= absl::StartsWith(column, table);
    if (!library) stored.insert(std::string(column));
  }
  // An id can be personal too: whose employer it is.
  for (const base::PersonalColumn& column : GetParam().personal().columns) {
    if (column.emptied == base::Emptied::kNull) {
      stored.insert(absl::StrCat(column.table, ".", column.column));
    }
  }
  EXPECT_EQ(absl::StrJoin(stored, "\n"), absl::StrJoin(said, "\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Services, SchemaTest,
    ::testing::Values(Subject{"contact", contact::Migrations, contact::PersonalDataOfContacts,
                              contact::ImpersonalColumnsOfContacts},
                      Subject{"lead", lead::Migrations, lead::PersonalDataOfLeads,
                              lead::ImpersonalColumnsOfLeads},
                      Subject{"opportunity", opportunity::Migrations,
                              opportunity::PersonalDataOfOpportunities,
                              opportunity::ImpersonalColumnsOfOpportunities}),
    [](const auto& info) { return std::string(info.param.service); });

}  // namespace
}  // namespace crm::testing
