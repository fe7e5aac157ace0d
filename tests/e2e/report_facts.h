#pragma once

#include <map>
#include <string>

#include "clients/cpp/client.h"

// The reports on the real data against figures that an independent script takes from its CSV.
namespace crm::testing {

// Figures by name, as report_facts.py calls them.
using Figures = std::map<std::string, double>;

// What report_facts.py says of the data in `folder`.
Figures FiguresOfScript(const std::string& folder);

// The same figures from the reports, by the effective clock.
Figures FiguresOfReports(const client::Client& client);

// Expects them to be the same, and the recorded clock to tell what was recorded, which is all since
// `import_start`.
void ExpectReportsAreRight(const client::Client& client, const std::string& folder,
                           absl::Time import_start);

// Expects clients/examples/reports.py to say what the reports say, by both clocks, from nothing but
// what `crmctl events export` wrote.
void ExpectEventsTellTheSame(const client::Client& client, const std::string& events);

}  // namespace crm::testing
