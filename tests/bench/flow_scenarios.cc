#include "tests/bench/flow_scenarios.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "common/redis/connection.h"
#include "common/redis/stream.h"
#include "tests/bench/jobs.h"
#include "tests/support/command.h"

namespace crm::bench {
namespace {

constexpr char kStream[] = "crm:stage-events:opportunity:0";

std::unique_ptr<redis::Connection> Redis(Field& field) {
  redis::ConnectionOptions options;
  options.url = field.stack().Value("CRM_REDIS_URL");
  return std::move(redis::Connection::Open(options)).value();
}

std::string StreamOf(int partition) {
  return absl::StrCat("crm:stage-events:opportunity:", partition);
}

redis::StreamId Tip(redis::Connection& redis, const std::string& stream = kStream) {
  const auto info = redis::ReadStreamInfo(redis, stream);
  return info.ok() ? info->last_generated : redis::StreamId();
}

// Reads the stream as a subscriber does and notes how old each event is when it is there.
class Subscriber {
 public:
  explicit Subscriber(Field& field) : redis_(Redis(field)), thread_([this] { Read(); }) {}
  std::vector<float> Stop() {
    stopping_ = true;
    thread_.join();
    std::sort(millis_.begin(), millis_.end());
    return std::move(millis_);
  }

 private:
  void Read() {
    redis::StreamId after = Tip(*redis_);
    while (!stopping_) {
      const auto entries =
          redis::ReadStream(*redis_, kStream, after, 1000, absl::Milliseconds(200));
      const absl::Time now = absl::Now();
      if (!entries.ok()) continue;
      for (const redis::StreamEntry& entry : *entries) {
        after = entry.id;
        absl::Time recorded;
        if (absl::ParseTime(absl::RFC3339_full, entry.fields.Field("time").text(), &recorded,
                            nullptr)) {
          millis_.push_back(static_cast<float>(absl::ToDoubleMilliseconds(now - recorded)));
        }
      }
    }
  }

  std::unique_ptr<redis::Connection> redis_;
  std::atomic<bool> stopping_{false};
  std::vector<float> millis_;
  std::thread thread_;
};

void FreshnessAt(Field& field, double rate, double share) {
  Subscriber subscriber(field);
  auto calls = field.Client();
  const LoadResult load =
      OpenLoop(*calls, MoveSeeded(field.settings().rows / 4, field.settings().rows / 4),
               rate * share, absl::Seconds(2 * field.settings().seconds));
  const std::vector<float> age = subscriber.Stop();
  Finding finding;
  finding.scenario =
      absl::StrFormat("move recorded → entry read from Redis, %.0f %% load", share * 100);
  finding.unit = "ms p99";
  finding.value = Quantile(age, 0.99);
  finding.p50 = Quantile(age, 0.5);
  finding.p99 = Quantile(age, 0.99);
  if (share == 0.5) finding.target = "≤ 50 (p50 ≤ 10)";
  finding.remark = absl::StrFormat("%.0f moves/s, answered p50 %.1f p99 %.1f ms", load.PerSecond(),
                                   Quantile(load.millis, 0.5), Quantile(load.millis, 0.99));
  field.report().Add(std::move(finding));
}

}  // namespace

double MoveCapacity(Field& field) {
  auto calls = field.Client();
  return ClosedLoop(*calls, MoveSeeded(field.settings().rows / 4, field.settings().rows / 4),
                    field.settings().in_flight, absl::Seconds(field.settings().seconds))
      .PerSecond();
}

void Import(Field& field) {
  if (field.settings().data.empty()) {
    field.report().Add({.scenario = "import of the real data", .remark = "no data folder given"});
    return;
  }
  const absl::Time start = absl::Now();
  const auto meter = field.Meter();
  const testing::Outcome run = testing::RunScript(absl::StrCat(
      field.stack().Source(),
      "crmctl --tenant bench-import import --mapping clients/crmctl/mappings/maven.json --data ",
      testing::Quoted(field.settings().data)));
  Finding finding;
  finding.scenario = "import of the real data, 8,800 deals";
  finding.unit = "s";
  finding.value = absl::ToDoubleSeconds(absl::Now() - start);
  finding.target = "≤ 5";
  for (const auto& [name, seconds] : meter->Stop()) {
    finding.cpu_micros[name] = seconds * 1e6 / 8800;
  }
  finding.remark = absl::StrCat("CPU per deal; exit code ", run.code);
  field.report().Add(std::move(finding));
}

void Freshness(Field& field) {
  field.Seed(field.settings().rows);
  const double capacity = MoveCapacity(field);
  for (const double share : {0.25, 0.5, 0.75}) FreshnessAt(field, capacity, share);
}

// The same calls with batches and, the service restarted, without.
void Batching(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  struct Measured {
    double get_one, move_one, get_many, move_many;
  };
  const auto measure = [&] {
    const auto run = [&](const Job& job, int in_flight, bool latency) {
      std::vector<double> values;
      for (int i = 0; i < field.settings().rounds; ++i) {
        auto calls = field.Client();
        const LoadResult load =
            ClosedLoop(*calls, job, in_flight, absl::Seconds(field.settings().seconds));
        values.push_back(latency ? Quantile(load.millis, 0.5) : load.PerSecond());
      }
      return Median(values);
    };
    const Job move = MoveSeeded(rows / 4, rows / 4);
    const int many = field.settings().in_flight;
    return Measured{run(GetSeeded(rows), 1, true), run(move, 1, true),
                    run(GetSeeded(rows), many, false), run(move, many, false)};
  };
  const auto restart = [&](const char* batching) {
    setenv("CRM_BATCHING", batching, 1);
    field.stack().Kill("opportunity", SIGTERM);
    field.stack().Start();
  };
  // Of a thing's first move the contact service writes a row; neither side shall pay for that.
  ClosedLoop(*field.Client(), MoveSeeded(rows / 4, rows / 4), field.settings().in_flight,
             absl::Minutes(1), static_cast<uint64_t>(rows / 4));
  restart("true");  // both freshly started
  const Measured with = measure();
  restart("false");
  const Measured without = measure();
  restart("true");
  const auto add = [&](const char* scenario, const char* unit, double a, double b,
                       const char* target) {
    field.report().Add({.scenario = scenario,
                        .unit = unit,
                        .value = a,
                        .against = "batches off",
                        .baseline = b,
                        .target = target});
  };
  add("batches on: GetOpportunity, one in flight", "ms p50", with.get_one, without.get_one,
      "≤ 1.1");
  add("batches on: MoveOpportunity, one in flight", "ms p50", with.move_one, without.move_one,
      "≤ 1.1");
  add("batches on: GetOpportunity", "/s", with.get_many, without.get_many, "");
  add("batches on: MoveOpportunity", "/s", with.move_many, without.move_many, "");
}

int64_t BytesAnEntry(redis::Connection& redis) {
  const auto bytes = redis.Run({"MEMORY", "USAGE", kStream, "SAMPLES", "0"});
  const auto entries = redis.Run({"XLEN", kStream});
  if (!bytes.ok() || !entries.ok() || entries->integer() == 0) return 0;
  return bytes->integer() / entries->integer();
}

// Copies of the newest events, so many in each partition.
void FillLog(Field& field, int partitions, int64_t each) {
  field.Sql(absl::StrCat("SELECT set_partitions(", partitions, ")"));
  field.Sql(absl::StrCat("SELECT event_log_extend((SELECT max(last_seq) FROM event_stream) + ",
                         each, ")"));
  field.Sql(absl::StrCat(
      "WITH e AS (SELECT *, row_number() OVER () AS i FROM (SELECT * FROM event_log ORDER BY seq "
      "DESC LIMIT 1000) x) "
      "INSERT INTO event_log (stream, seq, ms, epoch, event_id, tenant, aggregate, version, "
      "payload) "
      "SELECT s.stream, s.last_seq + n, s.last_ms, s.epoch, e.event_id, e.tenant, e.aggregate, "
      "e.version, e.payload FROM event_stream s, generate_series(1, ",
      each, ") AS n JOIN e ON e.i = 1 + n % 1000"));
  field.Sql(absl::StrCat("UPDATE event_stream SET last_seq = last_seq + ", each));
}

// The service, started again, has nothing to do but to publish; returns when that is done.
Finding Drain(Field& field, redis::Connection& redis, int partitions, int64_t backlog) {
  const auto published = [&] {
    int64_t total = 0;
    for (int p = 0; p < partitions; ++p) total += Tip(redis, StreamOf(p)).seq;
    return total;
  };
  int64_t last = 0;
  (void)absl::SimpleAtoi(field.Sql("SELECT sum(last_seq) FROM event_stream"), &last);
  const int64_t from = published();
  std::thread start([&] { field.stack().Start(); });
  absl::Time began = absl::InfiniteFuture();
  int64_t base = from;
  int64_t seen = from;
  const absl::Time until = absl::Now() + absl::Minutes(3);
  std::unique_ptr<CpuMeter> meter;
  while ((seen = published()) < last && absl::Now() < until) {
    if (seen > from && meter == nullptr) {
      meter = field.Meter();
      began = absl::Now(), base = seen;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  Finding finding{
      .scenario = absl::StrCat("relay alone, backlog of ", backlog, " events in ", partitions,
                               partitions == 1 ? " partition" : " partitions"),
      .unit = "/s",
      .value = static_cast<double>(seen - base) / absl::ToDoubleSeconds(absl::Now() - began),
      .target = partitions == 1 ? "≥ 100000" : "",
      .remark = seen >= last ? "" : "did not finish"};
  if (meter != nullptr) {
    for (const auto& [name, used] : meter->Stop()) {
      finding.cpu_micros[name] = used * 1e6 / static_cast<double>(seen - base);
    }
  }
  start.join();
  return finding;
}

// The log is filled while the service is down, in one partition, then in two and in four.
void RelayBacklog(Field& field) {
  const int64_t backlog = field.settings().backlog;
  field.Seed(field.settings().rows);
  MoveCapacity(field);  // some real events to copy
  auto redis = Redis(field);
  // These would follow the stream at the same time.
  field.stack().Kill("contact", SIGSTOP);
  field.stack().Kill("lead", SIGSTOP);
  for (const int partitions : {1, 2, 4}) {
    field.stack().Kill("opportunity", SIGTERM);
    FillLog(field, partitions, backlog / partitions);
    field.stack().RaisePartitions(partitions);
    Finding finding = Drain(field, *redis, partitions, backlog);
    if (partitions == 1) {
      finding.remark += absl::StrCat(finding.remark.empty() ? "" : "; ", BytesAnEntry(*redis),
                                     " bytes of Redis an event");
    }
    field.report().Add(std::move(finding));
  }
  field.stack().Kill("lead", SIGCONT);
  field.stack().Kill("contact", SIGCONT);
}

}  // namespace crm::bench
