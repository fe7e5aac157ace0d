// Clients and people on a secured stack: what the README shows, the examples, roles of the stores.

#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/secure_fixture.h"

namespace crm::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(SecureTest, TheReadmesLinesWorkWordForWord) {
  const std::string output = Shell("set -euo pipefail\n" + ReadmeBlock("secure"));
  EXPECT_THAT(output, HasSubstr("scope = crm.leads.read\nrefused"));
}

TEST_F(SecureTest, TheExampleBackendWalks) {
  EXPECT_THAT(Shell("CRM_TOKEN_FILE=$CRM_TOKENS/agent crm-example-backend"), HasSubstr("account "));
}

// An analyst reads all tenants' entries on Redis, and what it missed from the log, where those of
// others are ranges: also at the end, where a page holds nothing else.
TEST_F(SecureTest, AnAnalystFillsItsGapsFromTheLogOfItsTenant) {
  const auto meet = [](const std::string& tenant, int count) {
    const client::Client client = As("agent", tenant);
    for (int i = 0; i < count; ++i) {
      contact::v1::CreateContactRequest request;
      request.mutable_contact()->mutable_organization();
      request.mutable_contact()->set_display_name("Passer-by");
      EXPECT_TRUE(client.Call(request).ok());
    }
  };
  meet("wayne", 2);
  meet("stark", 3);
  ASSERT_TRUE(Settle(*stack_));
  for (const std::string& service : kServices) {
    Shell(
        absl::StrCat("redis-cli --no-auth-warning -u $CRM_REDIS_URL XGROUP CREATE "
                     "crm:stage-events:",
                     service, ":0 late '$' MKSTREAM"));
  }
  meet("wayne", 1);
  ASSERT_TRUE(Settle(*stack_));
  const std::string folder = stack_->folder();
  const std::string told = Shell(absl::StrCat(
      "deploy/local/token ", folder, "/secrets analyst --tenant wayne >", folder, "/tokens/wayne\n",
      "clients/examples/analyst.py --stack ", folder, " --token-file ", folder,
      "/tokens/wayne --group late --once --state ", folder, "/state --stubs ", folder, "/stubs"));
  const std::string others = Shell(
      "psql -XtA \"$CRM_DATABASE_URL\" -c \"SELECT count(*) FROM crm_contact.stage_history "
      "WHERE tenant <> 'wayne'\"");
  EXPECT_THAT(told, HasSubstr("3  contacts CONTACT"));
  const std::string groups = Shell(absl::StrCat("CRM_TOKEN_FILE=", folder,
                                                "/tokens/wayne crmctl events groups --service "
                                                "contact"));
  EXPECT_THAT(groups, ContainsRegex("crm:stage-events:contact:0 +late +1 .* 0 +0 +0"))
      << "all of them acknowledged";
  EXPECT_THAT(told, HasSubstr(absl::StrCat(others.substr(0, others.find('\n')),
                                           "  (of other tenants, not shown)")));
}

TEST_F(SecureTest, AnAuditorListsWhoHasReadPersonalDataOfEachService) {
  EXPECT_EQ(Shell("CRM_TOKEN_FILE=$CRM_TOKENS/auditor crmctl access list --by agent-7 --since "
                  "2026-01-01 --output json"),
            "[]\n");
  EXPECT_THAT(Shell("CRM_TOKEN_FILE=$CRM_TOKENS/agent crmctl access list 2>&1 || true"),
              HasSubstr("crm.audit.read"));
}

// By the users that the stack has for it.
TEST_F(SecureTest, ABackupIsTakenAndAllFitsTogether) {
  ASSERT_TRUE(Settle(*stack_));
  const std::string store = stack_->folder() + "/backup";
  EXPECT_THAT(Shell("deploy/backup/backup --to " + store), HasSubstr(store + "/base-"));
  EXPECT_THAT(Shell("deploy/backup/check --wait 30"), HasSubstr("; 0 faults"));
  EXPECT_THAT(Shell(absl::StrCat("head -c 5 ", store, "/redis-*.rdb")), HasSubstr("REDIS"));
}

// Each with its own password.
TEST_F(SecureTest, RolesAndUsersOfTheStoresAreKeptFromWhatIsNotTheirs) {
  const auto psql = [](const std::string& role, const std::string& sql) {
    const std::string url = absl::StrReplaceAll(stack_->Value("CRM_DATABASE_URL"),
                                                {{absl::StrCat("postgres:", Password("postgres")),
                                                  absl::StrCat(role, ":", Password(role))}});
    return Shell(absl::StrCat("psql -XtA ", Quoted(url), " -c ", Quoted(sql), " 2>&1 || true"));
  };
  for (const std::string& service : kServices) {
    const std::string other = service == "lead" ? "contact" : "lead";
    const std::string role = "crm_" + service, table = absl::StrCat(role, ".", service);
    EXPECT_THAT(psql(role + "_app", "SELECT count(*) FROM " + table), Not(HasSubstr("ERROR")));
    for (const char* const name : {"_app", "_relay", "_readonly", "_migrate"}) {
      EXPECT_THAT(psql(role + name, absl::StrCat("SELECT 1 FROM crm_", other, ".", other)),
                  HasSubstr("permission denied for schema"));
    }
    EXPECT_THAT(psql(role + "_app", "DROP TABLE " + table), HasSubstr("must be owner"));
    EXPECT_THAT(psql(role + "_relay", "SELECT 1 FROM " + table), HasSubstr("permission denied"));
    EXPECT_THAT(psql(role + "_readonly", "DELETE FROM " + table), HasSubstr("permission denied"));
  }
  EXPECT_THAT(Shell("psql \"${CRM_DATABASE_URL/postgres:/postgres:wrong}\" -c '' 2>&1 || true"),
              HasSubstr("password authentication failed"));

  const auto redis = [](const std::string& user, const std::string& command) {
    return Shell(
        absl::StrCat("redis-cli --no-auth-warning -p $(sed 's/.*:\\([0-9]*\\).*/\\1/' "
                     "<<<\"$CRM_REDIS_URL\") --user ",
                     user, " --pass ", Password("redis_" + user), " ", command, " 2>&1"));
  };
  const std::string leads = "crm:stage-events:lead:0";
  EXPECT_THAT(redis("analyst", "XLEN " + leads), Not(HasSubstr("NOPERM")));
  EXPECT_THAT(redis("analyst", absl::StrCat("XADD ", leads, " '*' a b")), HasSubstr("NOPERM"));
  EXPECT_THAT(redis("backup", absl::StrCat("XADD ", leads, " '*' a b")), HasSubstr("NOPERM"));
  EXPECT_THAT(redis("crm-contact", absl::StrCat("XDEL ", leads, " 1-1")), HasSubstr("NOPERM"));
  EXPECT_THAT(redis("crm-lead", "FLUSHALL"), HasSubstr("NOPERM"));
  EXPECT_THAT(Shell("redis-cli -u \"${CRM_REDIS_URL/analyst:*@/}\" PING 2>&1"),
              HasSubstr("NOAUTH"));
}

}  // namespace
}  // namespace crm::testing
