#include "tests/e2e/facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/support/server_folder.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

constexpr int kPage = 1000;

void Check(const absl::Status& status) {
  if (!status.ok()) Abort(status.ToString());
}

std::string Short(const std::string& enum_name, const std::string& prefix) {
  return enum_name.substr(prefix.size());
}

void CountContacts(const client::Client& client, Counts& counts) {
  contact::v1::ListContactsRequest request;
  request.set_page_size(kPage);
  Check(client.ForEachPage(request, [&](const contact::v1::ListContactsResponse& page) {
    for (const contact::v1::Contact& contact : page.contacts()) {
      if (contact.has_organization()) {
        ++counts.organizations;
        if (!contact.organization().parent_organization().empty()) {
          ++counts.organizations_with_parent;
        }
      } else {
        ++counts.persons;
      }
    }
    return true;
  }));
}

// Returns opportunity → lead as the leads tell.
absl::flat_hash_map<std::string, std::string> CountLeads(const client::Client& client,
                                                         Counts& counts) {
  absl::flat_hash_map<std::string, std::string> converted;
  lead::v1::ListLeadsRequest request;
  request.set_page_size(kPage);
  Check(client.ForEachPage(request, [&](const lead::v1::ListLeadsResponse& page) {
    for (const lead::v1::Lead& lead : page.leads()) {
      ++counts.leads[Short(lead::v1::LeadState_Name(lead.state()), "LEAD_STATE_")];
      if (!lead.opportunity().empty()) converted[lead.opportunity()] = lead.name();
    }
    return true;
  }));
  return converted;
}

double DaysOpen(const opportunity::v1::Opportunity& opportunity) {
  return static_cast<double>(opportunity.close_time().seconds() -
                             opportunity.open_time().seconds()) /
         86400.0;
}

void CountOpportunities(const client::Client& client,
                        const absl::flat_hash_map<std::string, std::string>& converted,
                        Counts& counts) {
  double days = 0;
  opportunity::v1::ListOpportunitiesRequest request;
  request.set_page_size(kPage);
  Check(client.ForEachPage(request, [&](const opportunity::v1::ListOpportunitiesResponse& page) {
    for (const opportunity::v1::Opportunity& opportunity : page.opportunities()) {
      ++counts.opportunities[Short(opportunity::v1::StageType_Name(opportunity.stage_type()),
                                   "STAGE_TYPE_")];
      const auto lead = converted.find(opportunity.name());
      if (lead != converted.end() && lead->second == opportunity.lead()) {
        ++counts.opportunities_of_a_lead;
      }
      if (opportunity.stage_type() != opportunity::v1::STAGE_TYPE_WON) continue;
      EXPECT_EQ(opportunity.amount().currency_code(), "USD");
      counts.won_minor += opportunity.amount().amount_minor();
      days += DaysOpen(opportunity);
    }
    return true;
  }));
  const int64_t won = counts.opportunities["WON"];
  counts.mean_days_open_to_won = won == 0 ? 0 : days / static_cast<double>(won);
}

void CountAccounts(const client::Client& client, Counts& counts) {
  contact::v1::ListAccountsRequest request;
  request.set_page_size(kPage);
  Check(client.ForEachPage(request, [&](const contact::v1::ListAccountsResponse& page) {
    for (const contact::v1::Account& account : page.accounts()) {
      counts.account_wins += account.win_count();
      for (const type::v1::Money& sum : account.win_sums()) {
        EXPECT_EQ(sum.currency_code(), "USD");
        counts.account_sums_minor[account.display_name()] += sum.amount_minor();
      }
    }
    return true;
  }));
}

}  // namespace

Counts CountThroughApis(const client::Client& client) {
  Counts counts;
  CountContacts(client, counts);
  CountOpportunities(client, CountLeads(client, counts), counts);
  CountAccounts(client, counts);
  return counts;
}

std::string RealDataFolder() {
  const char* given = std::getenv("CRM_TEST_DATA");
  const std::string folder =
      given != nullptr ? given : SourceFolder() + "/../shared/data/maven-crm";
  return access((folder + "/sales_pipeline.csv").c_str(), R_OK) == 0 ? folder : "";
}

std::map<std::string, int64_t> WinSumsOf(const std::string& pipeline_csv) {
  std::map<std::string, int64_t> sums;
  std::ifstream file(pipeline_csv);
  std::string line;
  std::getline(file, line);  // opportunity_id,sales_agent,product,account,deal_stage,…,close_value
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    int64_t value = 0;
    if (cells.size() == 8 && cells[4] == "Won" && absl::SimpleAtoi(cells[7], &value)) {
      sums[cells[3]] += value * 100;
    }
  }
  return sums;
}

void ExpectRealDataFacts(const Counts& counts, const std::string& folder) {
  using ByName = std::map<std::string, int64_t>;
  EXPECT_EQ(counts.organizations, 85);
  EXPECT_EQ(counts.organizations_with_parent, 15);
  EXPECT_EQ(counts.persons + counts.organizations, 85 + 1425);  // deals without a company
  EXPECT_EQ(counts.leads, (ByName{{"CONVERTED", 8300}, {"WORKING", 500}}));
  EXPECT_EQ(counts.opportunities, (ByName{{"WON", 4238}, {"LOST", 2473}, {"OPEN", 1589}}));
  EXPECT_EQ(counts.opportunities_of_a_lead, 8300);
  EXPECT_EQ(counts.won_minor, 1'000'553'400);
  EXPECT_NEAR(counts.mean_days_open_to_won, 51.782, 0.001);
  EXPECT_EQ(counts.account_sums_minor.size(), 85u);
  EXPECT_EQ(counts.account_wins, 4238);
  EXPECT_EQ(counts.account_sums_minor, WinSumsOf(folder + "/sales_pipeline.csv"));
}

}  // namespace crm::testing
