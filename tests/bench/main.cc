// crm-bench: how fast, against what PostgreSQL does without us. See docs/performance.md.

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "common/config/options.h"
#include "tests/bench/field.h"

namespace {

// Words before the first flag name scenarios; none means all.
std::vector<std::string> TakeNames(int argc, char** argv, std::vector<const char*>& flags) {
  std::vector<std::string> names;
  flags.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    if (flags.size() == 1 && argv[i][0] != '-') {
      names.emplace_back(argv[i]);
    } else {
      flags.push_back(argv[i]);
    }
  }
  return names;
}

std::string Help() {
  std::string help = "Measures the services against pgbench in one run. Scenarios, all by default:";
  for (const auto& scenario : crm::bench::Scenarios()) {
    absl::StrAppend(&help, "\n  ", scenario.name, ": ", scenario.help);
  }
  return help;
}

bool Wanted(const std::vector<std::string>& names, const char* name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<const char*> flags;
  const std::vector<std::string> names = TakeNames(argc, argv, flags);
  crm::bench::Settings settings;
  std::string json = "build/bench.json";
  crm::config::Options options("crm-bench", Help());
  options.Number("rounds", "rounds of each comparison", &settings.rounds, 1, 20)
      .Number("seconds", "seconds of one measurement", &settings.seconds, 1, 60)
      .Number("in-flight", "calls in flight", &settings.in_flight, 1, 4096)
      .Number("rows", "seeded opportunities", &settings.rows, int64_t{100}, int64_t{20'000'000})
      .Number("many-rows", "rows that growth goes to, and contacts of find", &settings.many_rows,
              int64_t{1000}, int64_t{20'000'000})
      .Number("backlog", "events for the relay alone", &settings.backlog, int64_t{1000},
              int64_t{20'000'000})
      .Text("data", "folder of the real data set", &settings.data)
      .Text("json", "file for the results", &json);
  if (const auto code = options.ParseOrExitCode(static_cast<int>(flags.size()), flags.data())) {
    return *code;
  }
  for (const std::string& name : names) {
    const auto& all = crm::bench::Scenarios();
    if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return name == one.name; })) {
      std::fprintf(stderr, "no scenario %s\n%s\n", name.c_str(), Help().c_str());
      return 2;
    }
  }
  crm::bench::Field field(settings);
  for (const auto& scenario : crm::bench::Scenarios()) {
    if (!Wanted(names, scenario.name)) continue;
    field.Settle();
    scenario.run(field);
  }
  field.report().Print();
  field.report().WriteJson(json);
  return 0;
}
