// Two tenants on the real programs: whatever one of them asks, by the names of the other's things,
// it finds nothing, learns nothing and changes nothing. And the walls in the database behind them,
// which hold where a statement forgets its tenant.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/pg/pool.h"
#include "common/pg/row_reader.h"
#include "tests/e2e/tenant_walls_cases.h"
#include "tests/e2e/two_tenants.h"

namespace crm::testing {
namespace {

using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(60);

bool IsAsExpected(Stranger stranger, grpc::StatusCode code) {
  switch (stranger) {
    case Stranger::kNotFound:
      return code == grpc::StatusCode::NOT_FOUND;
    case Stranger::kUnmet:
      return code == grpc::StatusCode::FAILED_PRECONDITION;
    case Stranger::kMissing:
    case Stranger::kOwn:
      break;
  }
  return code == grpc::StatusCode::OK;
}

class TenantWallsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { all_ = new TwoTenants(); }
  static void TearDownTestSuite() { delete std::exchange(all_, nullptr); }

  // What the second tenant gets to know or do by a call, a line for each thing that it should not.
  static std::vector<std::string> Findings(const WallCase& one) {
    const TwoTenants::Answer answer = all_->Call(kBeta, one);
    const std::string told = absl::StrCat(one.method, " { ", one.request, " }: ", answer.Text());
    std::vector<std::string> findings;
    if (!IsAsExpected(one.stranger, answer.status.error_code())) {
      findings.push_back(absl::StrCat("code ", answer.status.error_code(), " of ", told));
    }
    // What a caller says itself may come back to it.
    if (!ShowsAlpha(one.request) && ShowsAlpha(answer.Text())) findings.push_back(told);
    if (one.stranger != Stranger::kOwn) return findings;
    for (const std::string& id : all_->AlphasIds()) {
      if (absl::StrContains(answer.Text(), id)) findings.push_back(told);
    }
    return findings;
  }

  // The same of a call of a method with one of the first tenant's names.
  static std::vector<std::string> Findings(const TwoTenants::Served& served,
                                           const std::string& name) {
    const std::string text = all_->Named(kBeta, served, name).Text();
    std::vector<std::string> findings;
    bool found = ShowsAlpha(text);
    for (const std::string& id : all_->AlphasIds()) {
      found |= !absl::StrContains(name, id) && absl::StrContains(text, id);
    }
    if (found) findings.push_back(absl::StrCat(served.method->name(), " ", name, ": ", text));
    return findings;
  }

  // How many rows of the first tenant a program sees that works for `tenants` and forgot its WHERE.
  static std::string Forgetful(pg::Pool& pool, const pg::Tenants& tenants,
                               const std::string& table) {
    const auto rows = pool.ReadText(
        tenants, absl::StrCat("SELECT count(*) FROM ", table, " WHERE tenant = 'alpha'"),
        absl::Now() + kPatience);
    return rows.ok() ? (*rows)[0].Text(0) : error::PrivateTextOf(rows.status());
  }

  static inline TwoTenants* all_ = nullptr;
};

TEST_F(TenantWallsTest, NothingOfATenantIsThereForAnother) {
  ASSERT_GT(all_->shown_to_alpha(), 30) << "what is looked for is seen where it should be";
  const std::string before = all_->RowsOf(kAlpha);
  const size_t logged_before = all_->Logged().size();
  for (const WallCase& one : WallCases()) EXPECT_THAT(Findings(one), IsEmpty());
  const std::string betas = all_->RowsOf(kBeta);
  EXPECT_EQ(all_->RowsOf(kAlpha), before) << "it was changed";
  EXPECT_GT(betas.size(), 1000u) << "of its own there is something";
  for (const std::string& id : all_->AlphasIds()) {
    EXPECT_FALSE(absl::StrContains(betas, id)) << id;
    // As it stands in a payload.
    EXPECT_FALSE(absl::StrContains(betas, absl::BytesToHexString(id))) << id;
  }
  EXPECT_GT(all_->Logged().size(), logged_before);
  EXPECT_FALSE(ShowsAlpha(all_->Logged()));
}

// Also those that nobody wrote a case for.
TEST_F(TenantWallsTest, NoMethodThatAServerNamesTellsOfANameOfAnotherTenant) {
  const std::string before = all_->RowsOf(kAlpha);
  const std::vector<TwoTenants::Served> methods = all_->Methods();
  ASSERT_GT(methods.size(), 70u);
  for (const TwoTenants::Served& served : methods) {
    for (const std::string& name : all_->AlphasNames()) {
      EXPECT_THAT(Findings(served, name), IsEmpty());
    }
  }
  EXPECT_EQ(all_->RowsOf(kAlpha), before) << "it was changed";
}

TEST_F(TenantWallsTest, AStatementThatForgetsItsTenantFindsNothingOfOthers) {
  int held_by = 0;
  for (const std::string& table : all_->Tables()) {
    if (absl::EndsWith(table, ".outbox_in")) continue;  // the program may only write it
    pg::Pool pool(all_->As(table.substr(0, table.find('.')) + "_app"), 1);
    const std::string held =
        all_->Sql(absl::StrCat("SELECT count(*) FROM ", table, " WHERE tenant = 'alpha'"));
    held_by += held != "0";
    EXPECT_EQ(Forgetful(pool, pg::Tenants(kAlpha), table), held) << table;
    EXPECT_EQ(Forgetful(pool, pg::Tenants::All(), table), held) << table;
    EXPECT_EQ(Forgetful(pool, pg::Tenants(kBeta), table), "0") << table;
    EXPECT_EQ(Forgetful(pool, pg::Tenants::None(), table), "0") << table;
  }
  EXPECT_GT(held_by, 15) << "of most tables the first tenant has something";
}

struct Try {
  const char* role;
  const char* sql;
  const char* answer;  // what the refusal says, or the first value; empty: no row
};

constexpr Try kTries[] = {
    {"crm_lead_app",
     "SET crm.tenants TO 'beta'; UPDATE lead SET owner = 'x' WHERE tenant = "
     "'alpha' RETURNING 1",
     ""},
    {"crm_lead_app",
     "SET crm.tenants TO 'alpha'; UPDATE lead SET tenant = 'beta' WHERE tenant = 'alpha'",
     "row-level security"},
    {"crm_lead_app",
     "SET crm.tenants TO 'beta'; INSERT INTO assignment_turn (tenant, turns) VALUES ('alpha', "
     "'{}')",
     "row-level security"},
    {"crm_lead_app", "DELETE FROM lead", "permission denied"},
    {"crm_lead_app", "ALTER TABLE lead DISABLE ROW LEVEL SECURITY", "must be owner"},
    {"crm_lead_app", "DROP POLICY tenants ON lead", "must be owner"},
    {"crm_lead_app", "SET row_security TO off; SELECT count(*) FROM lead", "row-level security"},
    {"crm_lead_app", "SET ROLE crm_lead_owner", "permission denied"},
    {"crm_lead_app", "SELECT count(*) FROM crm_contact.contact", "permission denied"},
    {"crm_lead_app", "CREATE TABLE t (a int)", "permission denied"},
    {"crm_lead_relay", "SELECT count(*) FROM lead", "permission denied"},
    {"crm_lead_relay", "UPDATE event_log SET seq = 1", "permission denied"},
    {"crm_lead_relay", "SELECT count(*) FROM event_log", "0"},
    {"crm_lead_readonly", "SELECT count(*) FROM lead", "0"},
    {"crm_lead_readonly",
     "SET crm.tenants TO 'gamma,alpha'; SELECT count(DISTINCT tenant) FROM lead", "1"},
    {"crm_lead_readonly", "INSERT INTO lead (tenant) VALUES ('beta')", "permission denied"},
    {"crm_lead_readonly", "SELECT count(*) FROM idempotency", "permission denied"},
    {"crm_contact_app", "SELECT count(*) FROM crm_lead.lead", "permission denied"},
};

TEST_F(TenantWallsTest, EachRoleMayWhatItNeedsAndSeesNothingBeforeItSaysWhose) {
  for (const Try& one : kTries) {
    auto connection = pg::Connection::Open(all_->As(one.role)).value();
    const auto rows = connection->Execute(one.sql);
    if (!rows.ok()) {
      EXPECT_THAT(error::PrivateTextOf(rows.status()), ::testing::HasSubstr(one.answer))
          << one.role << ": " << one.sql;
      EXPECT_NE(*one.answer, '\0') << one.role << ": " << one.sql;
    } else {
      EXPECT_EQ(rows->empty() ? "" : (*rows)[0].Text(0), one.answer) << one.role << ": " << one.sql;
    }
  }
}

// A table whose every statement forgets its tenant: what they read is a view in which each row is
// of whoever asks. As by a mistake in all of the program's statements at once.
class Forgotten {
 public:
  Forgotten(const TwoTenants& all, std::string schema, std::string table)
      : all_(all), name_(schema + "." + table), stored_(name_ + "_stored") {
    const std::string others = all_.Sql(absl::StrCat(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE ",
        "attrelid = '", name_, "'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ",
        "'tenant'"));
    all_.Sql(absl::StrCat("BEGIN; ALTER TABLE ", name_, " RENAME TO ", table, "_stored; ",
                          "CREATE VIEW ", name_, " WITH (security_invoker = on) AS SELECT ",
                          "current_setting('crm.tenants') AS tenant, ", others, " FROM ", stored_,
                          "; GRANT SELECT ON ", name_, " TO ", schema, "_app; COMMIT"));
    back_ = absl::StrCat("BEGIN; DROP VIEW ", name_, "; ALTER TABLE ", stored_, " RENAME TO ",
                         table, "; COMMIT");
  }
  ~Forgotten() {
    Wall("ENABLE");
    all_.Sql(back_);
  }

  void Wall(const char* enable_or_disable) const {
    all_.Sql(absl::StrCat("ALTER TABLE ", stored_, " ", enable_or_disable, " ROW LEVEL SECURITY"));
  }

 private:
  const TwoTenants& all_;
  const std::string name_;
  const std::string stored_;
  std::string back_;
};

// The known-bad variant: with the walls off, the same calls find what they must not.
TEST_F(TenantWallsTest, AProgramThatForgetsItsTenantsIsFoundOutWhereNoWallStandsBehindIt) {
  const Forgotten forgotten[] = {{*all_, "crm_contact", "contact"},
                                 {*all_, "crm_lead", "lead"},
                                 {*all_, "crm_opportunity", "opportunity"}};
  int reads = 0;
  for (const bool walled : {true, false}) {
    for (const Forgotten& each : forgotten) each.Wall(walled ? "ENABLE" : "DISABLE");
    for (const WallCase& one : WallCases()) {
      const bool get = absl::EqualsIgnoreCase(one.request, "name: '$person'") ||
                       absl::EqualsIgnoreCase(one.request, "name: '$lead'") ||
                       absl::EqualsIgnoreCase(one.request, "name: '$deal'");
      if (!get || !absl::StartsWith(one.method, "Get")) continue;
      ++reads;
      EXPECT_EQ(Findings(one).empty(), walled) << one.method;
    }
  }
  EXPECT_EQ(reads, 6) << "a Get of each table, twice";
}

}  // namespace
}  // namespace crm::testing
