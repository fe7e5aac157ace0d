#include "tests/bench/tenant_scenarios.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "tests/bench/jobs.h"

namespace crm::bench {
namespace {

constexpr char kBystander[] = "bystander";
// Shares of what the service can do. Ten times the flood's own rate is all of it.
constexpr double kFloodShare = 0.1;
constexpr double kBystanderShare = 0.05;
// A tenant's limit, as a share of its own rate.
constexpr double kLimit = 1.25;
// One connection holds 256 open calls: a flood takes several.
constexpr int kFloodConnections = 6;

// The same things again, as another tenant's.
void CopyTo(Field& field, const std::string& tenant, int64_t rows) {
  field.Sql(absl::StrCat(
      "INSERT INTO opportunity SELECT (jsonb_populate_record(o, '{\"tenant\": \"", tenant,
      "\"}')).* FROM opportunity o WHERE tenant = 'bench' AND id < "
      "('00000000-0000-7000-8000-' || lpad(to_hex(",
      rows, "), 12, '0'))::uuid ON CONFLICT DO NOTHING"));
  field.Sql("VACUUM ANALYZE opportunity");
}

// Edits at a rate, of one tenant, by several clients. (A move that is refused would leave its thing
// where the next one does not look for it.)
class TenantFlood {
 public:
  TenantFlood(Field& field, double rate, absl::Duration duration) : results_(kFloodConnections) {
    for (int i = 0; i < kFloodConnections; ++i) {
      clients_.emplace_back([=, this, &field] {
        results_[static_cast<size_t>(i)] =
            OpenLoop(*field.Stranger(), UpdateSeeded(field.settings().rows),
                     rate / kFloodConnections, duration);
      });
    }
  }
  // Waits for the last answer. "12 ok, 3 × TENANT_RATE".
  std::string Stop() {
    LoadResult sum;
    for (std::thread& client : clients_) client.join();
    for (const LoadResult& result : results_) {
      sum.ok += result.ok;
      for (const auto& [name, count] : result.failed) sum.failed[name] += count;
    }
    return absl::StrCat(sum.ok, " ok", sum.failed.empty() ? "" : ", ", FailureText(sum));
  }

 private:
  std::vector<LoadResult> results_;
  std::vector<std::thread> clients_;
};

struct Variant {
  const char* name;
  bool turns;
  bool limit;
  const char* target;
};

void Restart(Field& field, const Variant& variant, double flood_rate) {
  const int limit = variant.limit ? static_cast<int>(kLimit * flood_rate) : 0;
  setenv("CRM_TENANT_TURNS", variant.turns ? "true" : "false", 1);
  setenv("CRM_TENANT_RATE", absl::StrCat(limit).c_str(), 1);
  setenv("CRM_TENANT_BURST", absl::StrCat(limit / 10).c_str(), 1);
  field.stack().Kill("opportunity", SIGTERM);
  field.stack().Start();
}

// What the bystander's edits take while the flood comes at `times` its rate.
LoadResult Measure(Field& field, double capacity, double times, std::string& flooded) {
  const absl::Duration duration = absl::Seconds(2 * field.settings().seconds);
  TenantFlood flood(field, times * kFloodShare * capacity, duration + absl::Seconds(1));
  absl::SleepFor(absl::Milliseconds(500));
  LoadResult bystander =
      OpenLoop(*field.Stranger(kBystander), UpdateSeeded(field.settings().rows / 5),
               kBystanderShare * capacity, duration);
  flooded = flood.Stop();
  return bystander;
}

void Compare(Field& field, const Variant& variant, double capacity) {
  Restart(field, variant, kFloodShare * capacity);
  std::string flooded;
  Measure(field, capacity, 1, flooded);  // warms up
  const LoadResult before = Measure(field, capacity, 1, flooded);
  const LoadResult after = Measure(field, capacity, 10, flooded);
  field.report().Add({.scenario = absl::StrCat("one tenant at ten times its rate, ", variant.name,
                                               ": edits of another"),
                      .unit = "ms p99",
                      .value = Quantile(after.millis, 0.99),
                      .against = "at its rate",
                      .baseline = Quantile(before.millis, 0.99),
                      .target = variant.target,
                      .p50 = Quantile(after.millis, 0.5),
                      .p99 = Quantile(after.millis, 0.99),
                      .remark = absl::StrCat(after.ok, " ok", after.failed.empty() ? "" : ", ",
                                             FailureText(after), "; the flood: ", flooded)});
}

}  // namespace

void Tenants(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  CopyTo(field, kBystander, rows / 5);
  const double capacity =
      ClosedLoop(*field.Client(), UpdateSeeded(rows), field.settings().in_flight,
                 absl::Seconds(field.settings().seconds))
          .PerSecond();
  for (const Variant& variant :
       {Variant{"no turns, no limits", false, false, ""}, Variant{"turns", true, false, ""},
        Variant{"turns and limits", true, true, "≤ 1.5"}}) {
    Compare(field, variant, capacity);
  }
  Restart(field, {"", true, false, ""}, 0);
}

}  // namespace crm::bench
