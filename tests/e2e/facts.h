#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "clients/cpp/client.h"

namespace crm::testing {

// What can be counted through the public calls.
struct Counts {
  int64_t organizations = 0;
  int64_t organizations_with_parent = 0;
  int64_t persons = 0;
  std::map<std::string, int64_t> leads;          // by state, e.g. "CONVERTED"
  std::map<std::string, int64_t> opportunities;  // by stage type, e.g. "WON"
  int64_t opportunities_of_a_lead = 0;           // whose lead names them back
  int64_t won_minor = 0;                         // sum over won opportunities, all in USD
  double mean_days_open_to_won = 0;
  std::map<std::string, int64_t> account_sums_minor;  // by display name, USD
  int64_t account_wins = 0;
};

Counts CountThroughApis(const client::Client& client);

// The folder of the real data set (accounts.csv, sales_pipeline.csv), or empty when it is not
// there: CRM_TEST_DATA, else shared/data/maven-crm beside the repository.
std::string RealDataFolder();

// Sums of won deals by company in minor units, straight from the file.
std::map<std::string, int64_t> WinSumsOf(const std::string& pipeline_csv);

// Expects the facts of the real data set.
void ExpectRealDataFacts(const Counts& counts, const std::string& folder);

}  // namespace crm::testing
