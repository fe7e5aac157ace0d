// Accounts, activities and assessments through crmctl import, on the real services: with kills of
// the import and of the services, nothing twice and nothing lost.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/streams.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

constexpr int kCompanies = 12;
constexpr int kJudged = 24;
constexpr int kActivities = 4 * kJudged;
constexpr int kAssessments = 2 * kJudged;
constexpr char kEvidence[] = R"({"name": "evidence", "files": [
  {"entity": "organization", "file": "companies.csv", "key": "id", "fields": {"display_name": "name"}},
  {"entity": "person", "file": "people.csv", "key": "id", "fields": {"display_name": "name"}},
  {"entity": "deal", "file": "deals.csv", "label": "to be judged", "key": "id", "stages": {"*": "WORKING"},
   "fields": {"stage": "stage", "organization": "company", "opened": "opened"}},
  {"entity": "assessment", "file": "assessments.csv", "key": "id", "fields": {
    "deal": "deal", "criterion": "criterion", "finding": "finding", "observed": "seen",
    "observation": "text"}},
  {"entity": "deal", "file": "deals.csv", "key": "id", "stages": {"Talk": "WORKING", "Won": "WON"},
   "fields": {"stage": "stage", "organization": "company", "opened": "opened", "closed": "closed",
              "amount": {"constant": "500", "currency": "EUR"}}},
  {"entity": "activity", "file": "activities.csv", "key": "id", "fields": {
    "deal": "deal", "type": "type", "direction": {"constant": "INBOUND"}, "occurred": "when",
    "summary": "text"}},
  {"entity": "account", "file": "companies.csv", "label": "accounts", "key": "id", "fields": {
    "organization": "id", "owner": "owner", "status": "state", "members": "team",
    "attributes.grade": "grade"}}]})";

// Every other company buys; of these every third has left since.
bool Buys(int company) { return company % 2 == 0; }
bool Left(int company) { return company % 6 == 0; }

class ImportEvidenceTest : public ::testing::Test {
 protected:
  // One stack for all tests, each with a tenant of its own.
  static void SetUpTestSuite() {
    stack_ = std::make_unique<Stack>();
    const auto write = [](const char* file, const char* header, int rows, const auto& row) {
      std::ofstream out(absl::StrCat(stack_->folder(), "/", file));
      out << header << "\n";
      for (int i = 0; i < rows; ++i) out << i << "," << row(i) << "\n";
    };
    std::ofstream(stack_->folder() + "/evidence.json") << kEvidence;
    write("companies.csv", "id,name,owner,state,team,grade", kCompanies, [](int i) {
      return absl::StrCat("Company ", i, ",owner-", i, ",", Left(i) ? "CLOSED" : "ACTIVE", ",", i,
                          ",G", i);
    });
    write("people.csv", "id,name", kCompanies, [](int i) { return absl::StrCat("Person ", i); });
    write("deals.csv", "id,company,opened,closed,stage", kJudged, [](int i) {
      const int company = i % kCompanies;
      return absl::StrCat(company, ",2026-01-02,", Buys(company) ? "2026-02-03,Won" : ",Talk");
    });
    write("assessments.csv", "id,deal,criterion,finding,seen,text", kAssessments, [](int i) {
      return absl::StrCat(i / 2, i % 2 == 0 ? ",NEED" : ",ABILITY", ",MET,2026-01-0", 3 + i % 5,
                          ",seen ", i);
    });
    write("activities.csv", "id,deal,type,when,text", kActivities, [](int i) {
      return absl::StrCat(i / 4, i % 2 == 0 ? ",CALL" : ",EMAIL", ",2026-01-1", i % 9, ",said ", i);
    });
  }
  static void TearDownTestSuite() { stack_.reset(); }

  std::string Script(const std::string& tenant) const {
    return absl::StrCat(stack_->Source(), "exec crmctl --tenant ", tenant, " import --mapping ",
                        Quoted(stack_->folder() + "/evidence.json"), " --data ",
                        Quoted(stack_->folder()), " --exported 2026-03-01 --in-flight 1 --rejects ",
                        Quoted(stack_->folder() + "/rejects.csv"));
  }

  // All pages of a list.
  template <class Thing, class Request, class Of>
  static std::vector<Thing> All(const client::Client& client, Request request, const Of& of) {
    std::vector<Thing> all;
    request.set_page_size(1000);
    const absl::Status status = client.ForEachPage(request, [&](const auto& page) {
      for (const auto& each : of(page)) all.push_back(each);
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return all;
  }
  static std::vector<lead::v1::Lead> Leads(const client::Client& client) {
    return All<lead::v1::Lead>(
        client, lead::v1::ListLeadsRequest(),
        [](const auto& page) -> auto& { return page.leads(); });
  }
  static std::vector<contact::v1::Account> Accounts(const client::Client& client) {
    return All<contact::v1::Account>(
        client, contact::v1::ListAccountsRequest(),
        [](const auto& page) -> auto& { return page.accounts(); });
  }

  // How many rows of the three kinds have got there. While a service is away: those counted last.
  int Progress(const std::string& tenant) {
    const client::Client client = ConnectTo(*stack_, {.tenant = tenant});
    lead::v1::ListLeadsRequest leads;
    contact::v1::ListAccountsRequest accounts;
    leads.set_page_size(1000);
    accounts.set_page_size(1000);
    const auto lead_page = client.Call(leads);
    const auto account_page = client.Call(accounts);
    if (!lead_page.ok() || !account_page.ok()) return progress_;
    progress_ = 0;
    for (const lead::v1::Lead& each : lead_page->leads()) {
      // The first is the one by which the import takes a lead to WORKING.
      progress_ += std::max(0, each.activity_count() - 1) + each.current_assessments_size();
    }
    for (const contact::v1::Account& each : account_page->accounts()) {
      progress_ += each.attributes().contains("external_id");
    }
    return progress_;
  }
  static constexpr int kAll = kActivities + kAssessments + kCompanies / 2;

  void ExpectAllOnce(const std::string& tenant) {
    ASSERT_TRUE(Settle(*stack_));
    const client::Client client = ConnectTo(*stack_, {.tenant = tenant});
    const std::vector<lead::v1::Lead> leads = Leads(client);
    ASSERT_EQ(leads.size(), static_cast<size_t>(kJudged));
    for (const lead::v1::Lead& lead : leads) {
      int deal = 0;
      ASSERT_TRUE(absl::SimpleAtoi(lead.external_id(), &deal));
      EXPECT_EQ(TextsOf(client, lead), ExpectedTexts(deal)) << lead.external_id();
    }
    const std::vector<contact::v1::Account> accounts = Accounts(client);
    EXPECT_EQ(accounts.size(), static_cast<size_t>(kCompanies / 2));
    for (const contact::v1::Account& account : accounts) {
      const std::string company = account.attributes().at("external_id");
      int i = 0;
      ASSERT_TRUE(absl::SimpleAtoi(company, &i));
      EXPECT_EQ(account.owner(), "owner-" + company);
      EXPECT_EQ(account.attributes().at("grade"), "G" + company);
      EXPECT_EQ(account.members_size(), 1);
      EXPECT_EQ(account.status(),
                Left(i) ? contact::v1::ACCOUNT_STATUS_CLOSED : contact::v1::ACCOUNT_STATUS_ACTIVE);
      EXPECT_EQ(account.win_count(), kJudged / kCompanies);
      EXPECT_EQ(account.stage_version(), account.win_count() + Left(i)) << "closed once";
    }
    ExpectNoStageTwice(client, "lead");
    ExpectNoStageTwice(client, "opportunity");
  }

  // What stands in the records of a lead, but for the note of the import itself.
  static std::vector<std::string> TextsOf(const client::Client& client,
                                          const lead::v1::Lead& lead) {
    lead::v1::ListActivitiesRequest activities;
    activities.set_name(lead.name());
    lead::v1::ListAssessmentsRequest assessments;
    assessments.set_name(lead.name());
    std::vector<std::string> texts;
    for (const auto& each : All<lead::v1::Activity>(
             client, activities, [](const auto& page) -> auto& { return page.activities(); })) {
      if (each.summary() != "imported") texts.push_back(each.summary());
    }
    for (const auto& each : All<lead::v1::Assessment>(
             client, assessments, [](const auto& page) -> auto& { return page.assessments(); })) {
      texts.push_back(each.observation());
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }
  static std::vector<std::string> ExpectedTexts(int deal) {
    std::vector<std::string> texts;
    for (int i = 0; i < 4; ++i) texts.push_back(absl::StrCat("said ", 4 * deal + i));
    for (int i = 0; i < 2; ++i) texts.push_back(absl::StrCat("seen ", 2 * deal + i));
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  static inline std::unique_ptr<Stack> stack_;
  int progress_ = 0;
};

TEST_F(ImportEvidenceTest, TheImportMayBeKilledAtAnyMoment) {
  int kills = 0;
  for (const int at : {10, kAssessments + 20, kAll - 10, kAll - 3}) {
    Command import(Script("kills"));
    Await(absl::Seconds(30), [&] { return Progress("kills") >= at || !import.Running(); });
    import.Signal(SIGKILL);
    kills += import.Wait().code == 128 + SIGKILL;
  }
  EXPECT_GE(kills, 3) << "too few imports were killed at work";
  const Outcome whole = RunScript(Script("kills"));
  EXPECT_EQ(whole.code, 0) << whole.output;
  ExpectAllOnce("kills");
  const auto before = LastSequences(ConnectTo(*stack_, {.tenant = "kills"}));
  const Outcome again = RunScript(Script("kills"));
  EXPECT_EQ(again.code, 0) << again.output;
  ASSERT_TRUE(Settle(*stack_));
  EXPECT_EQ(LastSequences(ConnectTo(*stack_, {.tenant = "kills"})), before) << again.output;
}

TEST_F(ImportEvidenceTest, TheServicesMayBeKilledUnderIt) {
  Command import(Script("falls"));
  for (const auto& [service, at] : {std::pair{"lead", 10},
                                    {"lead", kAssessments + 30},
                                    {"contact", kAll - kCompanies / 2 - 2}}) {
    ASSERT_TRUE(Await(absl::Minutes(1), [&] { return Progress("falls") >= at; }))
        << import.Output();
    EXPECT_TRUE(import.Running()) << "it was over before " << service << " was killed";
    stack_->Kill(service, SIGKILL);
    stack_->Start();
  }
  const Outcome whole = import.Wait();
  EXPECT_EQ(whole.code, 0) << whole.output;
  ExpectAllOnce("falls");
}

}  // namespace
}  // namespace crm::testing
