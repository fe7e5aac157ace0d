#include "tests/bench/overload_scenarios.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/bench/flow_scenarios.h"
#include "tests/bench/jobs.h"

namespace crm::bench {
namespace {

// One connection holds 256 open calls at most and the service queues 2,048: only several clients
// together can bring more than it takes.
constexpr int kFloodClients = 12;
constexpr double kBystanderRate = 100;

// Asks for health again and again while something else happens.
class HealthWatch {
 public:
  explicit HealthWatch(Field& field)
      : calls_(field.Stranger()), thread_([this] {
          while (!stopping_) {
            const LoadResult one = ClosedLoop(*calls_, HealthCheck(), 1, absl::Seconds(1), 20);
            millis_.insert(millis_.end(), one.millis.begin(), one.millis.end());
            failed_ += one.Failed();
          }
        }) {}
  std::string Stop() {
    stopping_ = true;
    thread_.join();
    std::sort(millis_.begin(), millis_.end());
    return absl::StrFormat("health: %d asked, %d failed, p99 %.0f ms",
                           static_cast<int>(millis_.size()), failed_, Quantile(millis_, 0.99));
  }

 private:
  std::unique_ptr<client::AsyncCalls> calls_;
  std::atomic<bool> stopping_{false};
  std::vector<float> millis_;
  int64_t failed_ = 0;
  std::thread thread_;
};

void TenThousandAtOnce(Field& field) {
  const pid_t pid = field.stack().Pid("opportunity");
  HealthWatch health(field);
  auto calls = field.Client();
  const LoadResult load =
      ClosedLoop(*calls, MoveSeeded(field.settings().rows / 4, field.settings().rows / 4), 10'000,
                 absl::Seconds(3), 30'000);
  Finding finding;
  finding.scenario = "10,000 calls at once by one client: memory of crm-opportunity";
  finding.unit = "MiB resident";
  finding.value = ResidentMib(pid);
  finding.p50 = Quantile(load.millis, 0.5);
  finding.p99 = Quantile(load.millis, 0.99);
  finding.remark = absl::StrCat(load.ok, " ok, ", load.Failed(), " refused; ", health.Stop());
  field.report().Add(std::move(finding));
}

// Several clients that offer `rate` moves a second together, each from a thread of its own.
class Flood {
 public:
  Flood(Field& field, int64_t first, double rate, absl::Duration duration)
      : results_(kFloodClients) {
    const int64_t rows = 3 * field.settings().rows / kFloodClients;
    for (int i = 0; i < kFloodClients; ++i) {
      clients_.emplace_back([=, this, &field] {
        auto calls = field.Stranger();
        results_[static_cast<size_t>(i)] =
            OpenLoop(*calls, MoveSeeded(first + i * rows, rows), rate / kFloodClients, duration);
      });
    }
  }
  // Waits for the last answer.
  LoadResult Stop() {
    for (std::thread& client : clients_) client.join();
    LoadResult sum;
    for (const LoadResult& result : results_) {
      for (const auto& [name, count] : result.failed) sum.failed[name] += count;
      sum.millis.insert(sum.millis.end(), result.millis.begin(), result.millis.end());
    }
    std::sort(sum.millis.begin(), sum.millis.end());
    return sum;
  }

 private:
  std::vector<LoadResult> results_;
  std::vector<std::thread> clients_;
};

// Moves a second that the service does from now on, by its own count: clients go on waiting for
// answers after the load has ended.
double Goodput(Field& field, absl::Duration duration) {
  const std::string url = field.stack().Value("CRM_OPPORTUNITY_METRICS_URL");
  const auto done = [&url] {
    return Metric(url, "grpc_server_handled_total",
                  {"grpc_method=\"MoveOpportunity\"", "grpc_code=\"OK\""});
  };
  const absl::Time began = absl::Now();
  const double before = done();
  absl::SleepFor(duration);
  return (done() - before) / absl::ToDoubleSeconds(absl::Now() - began);
}

void ReportRefusals(Field& field, const char* scenario, const LoadResult& bystander) {
  const std::vector<float>& millis = bystander.refused_millis;
  field.report().Add({.scenario = scenario,
                      .unit = "ms p99",
                      .value = Quantile(millis, 0.99),
                      .target = "≤ 50",
                      .p50 = Quantile(millis, 0.5),
                      .p99 = Quantile(millis, 0.99),
                      .remark = absl::StrCat(bystander.ok, " ok, ", FailureText(bystander))});
}

// The database stands still behind a lock, so both cores are idle and what a refusal takes is the
// service's own.
void Stall(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Sql("BEGIN; LOCK TABLE opportunity IN ACCESS EXCLUSIVE MODE");
  Flood flood(field, rows, 4000, absl::Seconds(3));
  absl::SleepFor(absl::Milliseconds(1500));  // every place is taken by then
  auto calls = field.Stranger();
  const LoadResult aside =
      OpenLoop(*calls, MoveSeeded(rows / 8, rows / 16), kBystanderRate, absl::Seconds(1));
  field.Sql("COMMIT");
  flood.Stop();
  ReportRefusals(field, "the database stands still: a refusal takes a bystander", aside);
}

}  // namespace

// A few more calls come from a bystander whose own queue is empty: how long its refusals take is
// the service's doing, while the flood's clients wait for their own threads as well.
void Overload(Field& field) {
  // As many rows as there are calls: a thing whose move is under way cannot be moved again.
  const int64_t rows = field.settings().rows;
  field.Seed(4 * rows);
  const double capacity = MoveCapacity(field);
  const absl::Duration duration = absl::Seconds(2 * field.settings().seconds);
  HealthWatch health(field);
  LoadResult aside;
  Flood flood(field, rows, 3 * capacity, duration + absl::Seconds(1));
  absl::SleepFor(absl::Seconds(1));
  std::thread bystander([&] {
    auto calls = field.Stranger();
    aside = OpenLoop(*calls, MoveSeeded(rows / 8, rows / 16), kBystanderRate, duration);
  });
  const double goodput = Goodput(field, duration);
  bystander.join();
  const LoadResult load = flood.Stop();
  field.report().Add(
      {.scenario = absl::StrCat("overload, 3 × capacity offered by ", kFloodClients, " clients"),
       .unit = "/s",
       .value = goodput,
       .against = "capacity",
       .baseline = capacity,
       .target = "≥ 0.8",
       .p50 = Quantile(load.millis, 0.5),
       .p99 = Quantile(load.millis, 0.99),
       .remark = absl::StrCat(FailureText(load), "; ", health.Stop())});
  ReportRefusals(field, "overload: a refusal takes a bystander", aside);
  Stall(field);
  TenThousandAtOnce(field);
}

}  // namespace crm::bench
