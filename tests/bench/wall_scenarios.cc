#include "tests/bench/wall_scenarios.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "tests/bench/jobs.h"

namespace crm::bench {
namespace {

struct WalledCall {
  const char* name;
  Job job;
  int in_flight;
  std::vector<double> with = {};  // µs, one a round
  std::vector<double> without = {};
};

double MicrosOf(Field& field, const WalledCall& call) {
  auto calls = field.Client();
  auto meter = field.Meter();
  const LoadResult load =
      ClosedLoop(*calls, call.job, call.in_flight, absl::Seconds(field.settings().seconds));
  auto cpu = meter->Stop();
  return (cpu["opportunity"] + cpu["postgres"]) * 1e6 / std::max<int64_t>(1, load.ok);
}

}  // namespace

void SetWalls(Field& field, bool on) {
  field.Sql(absl::StrCat(
      "DO $$ DECLARE walled regclass; BEGIN FOR walled IN SELECT polrelid::regclass FROM pg_policy "
      "LOOP EXECUTE format('ALTER TABLE %s ",
      on ? "ENABLE" : "DISABLE", " ROW LEVEL SECURITY', walled); END LOOP; END $$"));
}

// In turn, a round of all with and a round without: a machine's speed changes within minutes.
void Walls(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  const int many = field.settings().in_flight;
  WalledCall walled[] = {{"GetOpportunity", GetSeeded(rows), many},
                         {"GetOpportunity, one in flight", GetSeeded(rows), 1},
                         {"MoveOpportunity", MoveSeeded(rows / 2, rows / 4), many},
                         {"MoveOpportunity, one in flight", MoveSeeded(rows / 4, rows / 4), 1}};
  for (int round = 0; round < 2 * field.settings().rounds; ++round) {
    const bool on = round % 2 == 0;
    SetWalls(field, on);
    for (WalledCall& call : walled) {
      (on ? call.with : call.without).push_back(MicrosOf(field, call));
      field.Settle();
    }
  }
  SetWalls(field, true);
  for (const WalledCall& call : walled) {
    field.report().Add({.scenario = absl::StrCat("row-level security: CPU per ", call.name),
                        .unit = "µs",
                        .value = Median(call.with),
                        .against = "without",
                        .baseline = Median(call.without),
                        .target = "≤ 1.05",
                        .remark = "service and PostgreSQL"});
  }
}

}  // namespace crm::bench
