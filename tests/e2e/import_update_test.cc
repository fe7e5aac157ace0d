// Weekly exports of the same deals through crmctl import --update, on the real services.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/streams.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

constexpr int kDeals = 150;
constexpr int kWeeks = 3;
constexpr char kMapping[] = R"({"name": "weekly", "mode": "update", "files": [
  {"entity": "organization", "file": "companies.csv", "key": "id",
   "fields": {"display_name": "name", "location": "city"}},
  {"entity": "deal", "file": "deals.csv", "key": "id",
   "stages": {"New": "NEW", "Talk": "WORKING", "Discovery": {"stage": "discovery"},
              "Proposal": {"stage": "proposal"}, "Won": "WON", "Lost": "LOST"},
   "fields": {"stage": "stage", "organization": "company", "owner": "owner", "opened": "opened",
              "close_date": "close", "amount": {"column": "value", "currency": "EUR"}}}]})";

// Where a deal is in a week. It never goes back.
const char* StageOf(int deal, int week) {
  static const std::vector<const char*> kWays[] = {{"New", "Talk", "Discovery"},
                                                   {"Talk", "Proposal", "Won"},
                                                   {"Discovery", "Proposal", "Proposal"},
                                                   {"Proposal", "Lost", "Lost"},
                                                   {"Talk", "Talk", "Won"}};
  return kWays[deal % 5][static_cast<size_t>(week)];
}

std::string OwnerOf(int deal, int week) {
  return deal % 3 == 0 ? absl::StrCat("owner-", week) : "ann";
}
int AmountOf(int deal, int week) { return 100 + deal + 10 * (deal % 2) * week; }

class ImportUpdateTest : public ::testing::Test {
 protected:
  ImportUpdateTest() {
    std::ofstream(stack_.folder() + "/weekly.json") << kMapping;
    for (int week = 0; week < kWeeks; ++week) WriteExport(week);
  }

  std::string FolderOf(int week) const { return absl::StrCat(stack_.folder(), "/week", week); }

  void WriteExport(int week) const {
    RunScript("mkdir -p " + Quoted(FolderOf(week)));
    std::ofstream companies(FolderOf(week) + "/companies.csv");
    companies << "id,name,city\n";
    for (int i = 0; i < 20; ++i) {
      companies << i << ",Company " << i << ",City " << (i % 4 == 0 ? week : 0) << "\n";
    }
    std::ofstream deals(FolderOf(week) + "/deals.csv");
    deals << "id,company,stage,owner,opened,close,value\n";
    for (int i = 0; i < kDeals; ++i) {
      const std::string stage = StageOf(i, week);
      const bool over = stage == "Won" || stage == "Lost";
      deals << i << "," << i % 20 << "," << stage << "," << OwnerOf(i, week) << ",2026-01-05,"
            << (over ? "2026-02-" + std::to_string(10 + week) : "2031-03-01") << ","
            << AmountOf(i, week) << "\n";
    }
  }

  std::string Script(const std::string& tenant, int week) const {
    return absl::StrCat(stack_.Source(), "exec crmctl --tenant ", tenant, " import --mapping ",
                        Quoted(stack_.folder() + "/weekly.json"), " --data ",
                        Quoted(FolderOf(week)), " --exported 2026-03-0", week + 1, " --rejects ",
                        Quoted(stack_.folder() + "/rejects.csv"));
  }

  // Kills the import in its middle, and again; then lets it end, twice. Adds to `kills_` those that
  // hit it at work.
  void Import(const std::string& tenant, int week) {
    for (int i = 0; i < 2; ++i) {
      const int64_t before = EventsOf(tenant);
      Command import(Script(tenant, week));
      Await(absl::Seconds(10),
            [&] { return EventsOf(tenant) > before + 20 * i || !import.Running(); });
      import.Signal(SIGKILL);
      kills_ += import.Wait().code == 128 + SIGKILL;
    }
    const Outcome whole = RunScript(Script(tenant, week));
    EXPECT_EQ(whole.code, 0) << whole.output;
    ASSERT_TRUE(Settle(stack_));
    const int64_t events = EventsOf(tenant);
    const Outcome again = RunScript(Script(tenant, week));
    EXPECT_EQ(again.code, 0) << again.output;
    ASSERT_TRUE(Settle(stack_));
    EXPECT_EQ(EventsOf(tenant), events) << "the same once more is no event: " << again.output;
  }

  int64_t EventsOf(const std::string& tenant) const {
    int64_t sum = 0;
    for (const auto& [service, last] : LastSequences(ConnectTo(stack_, {.tenant = tenant}))) {
      sum += last;
    }
    return sum;
  }

  // Every deal and company as the services have it now.
  std::vector<std::string> StateOf(const client::Client& client) const {
    std::map<std::string, const opportunity::v1::Opportunity> sold;
    opportunity::v1::ListOpportunitiesRequest opportunities;
    opportunities.set_page_size(1000);
    EXPECT_TRUE(client
                    .ForEachPage(opportunities,
                                 [&](const auto& page) {
                                   for (const auto& each : page.opportunities()) {
                                     sold.emplace(each.name(), each);
                                   }
                                   return true;
                                 })
                    .ok());
    std::vector<std::string> states;
    lead::v1::ListLeadsRequest leads;
    leads.set_page_size(1000);
    EXPECT_TRUE(client
                    .ForEachPage(leads,
                                 [&](const auto& page) {
                                   for (const auto& each : page.leads()) {
                                     states.push_back(TextOf(each, sold));
                                   }
                                   return true;
                                 })
                    .ok());
    std::sort(states.begin(), states.end());
    return states;
  }

  static std::string TextOf(const lead::v1::Lead& lead,
                            const std::map<std::string, const opportunity::v1::Opportunity>& sold) {
    const auto it = sold.find(lead.opportunity());
    if (it == sold.end()) {
      return absl::StrCat(lead.external_id(), " ", lead::v1::LeadState_Name(lead.state()), " ",
                          lead.owner());
    }
    const opportunity::v1::Opportunity& each = it->second;
    return absl::StrCat(lead.external_id(), " ", each.stage(), " ", each.owner(), " ",
                        each.amount().amount_minor());
  }

  static std::vector<std::string> ExpectedState() {
    static const std::map<std::string, std::string> kStages = {
        {"Discovery", "discovery"}, {"Proposal", "proposal"}, {"Won", "won"}, {"Lost", "lost"}};
    std::vector<std::string> states;
    for (int i = 0; i < kDeals; ++i) {
      states.push_back(absl::StrCat(i, " ", kStages.at(StageOf(i, 2)), " ", OwnerOf(i, 2), " ",
                                    100 * AmountOf(i, 2)));
    }
    std::sort(states.begin(), states.end());
    return states;
  }

  Stack stack_;
  int kills_ = 0;
};

TEST_F(ImportUpdateTest, InAnyOrderWithKillsBetweenTheNewestExportCounts) {
  const std::vector<std::vector<int>> orders = {{0, 1, 2}, {2, 0, 1}, {1, 0, 2}};
  for (const std::vector<int>& order : orders) {
    const std::string tenant = absl::StrCat("weeks-", absl::StrJoin(order, "-"));
    SCOPED_TRACE(tenant);
    for (const int week : order) Import(tenant, week);
    const client::Client client = ConnectTo(stack_, {.tenant = tenant});
    EXPECT_EQ(StateOf(client), ExpectedState());
    ExpectNoStageTwice(client, "lead");
    ExpectNoStageTwice(client, "opportunity");
  }
  EXPECT_GE(kills_, 4) << "too few imports were killed at work";
}

}  // namespace
}  // namespace crm::testing
