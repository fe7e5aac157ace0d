#include "tests/bench/tenant_scenarios.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>
#include <vector>

#include "tests/bench/jobs.h"

namespace crm::bench {
namespace {

constexpr char kBystander[] = "bystander";
// Shares of what the service can do. Ten times the flood's own rate is a fifth of it: clients,
// service and PostgreSQL share one machine here, and refusing costs about as much as a Get.
constexpr double kFloodShare = 0.02;
constexpr double kBystanderShare = 0.02;
// A tenant's limit, as a share of its own rate.
constexpr double kLimit = 1.25;
// One connection holds 256 open calls: a flood takes several.
constexpr int kFloodConnections = 6;
constexpr int kFloodNice = 10;

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
        // Flooding is not the service's work: the clients of one machine leave it the processor.
        setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kFloodNice);
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

// In turn, and the median of the rounds: one slow write to disk is a p99 of so few calls.
void Compare(Field& field, const Variant& variant, double capacity) {
  Restart(field, variant, kFloodShare * capacity);
  std::string flooded;
  Measure(field, capacity, 1, flooded);  // warms up
  std::vector<double> before, after, middle;
  LoadResult sum;
  for (int round = 0; round < field.settings().rounds; ++round) {
    before.push_back(Quantile(Measure(field, capacity, 1, flooded).millis, 0.99));
    const LoadResult load = Measure(field, capacity, 10, flooded);
    after.push_back(Quantile(load.millis, 0.99));
    middle.push_back(Quantile(load.millis, 0.5));
    sum.ok += load.ok;
    for (const auto& [name, count] : load.failed) sum.failed[name] += count;
  }
  field.report().Add({.scenario = absl::StrCat("one tenant at ten times its rate, ", variant.name,
                                               ": edits of another"),
                      .unit = "ms p99",
                      .value = Median(after),
                      .against = "at its rate",
                      .baseline = Median(before),
                      .target = variant.target,
                      .p50 = Median(middle),
                      .p99 = Median(after),
                      .remark = absl::StrCat(sum.ok, " ok", sum.failed.empty() ? "" : ", ",
                                             FailureText(sum), "; the flood: ", flooded)});
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
