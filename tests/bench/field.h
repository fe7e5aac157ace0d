#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/async_calls.h"
#include "clients/cpp/channels.h"
#include "common/pg/connection.h"
#include "tests/bench/load.h"
#include "tests/bench/machine.h"
#include "tests/bench/pgbench.h"
#include "tests/bench/report.h"
#include "tests/support/stack.h"

namespace crm::bench {

struct Settings {
  int rounds = 3;
  int seconds = 3;  // of one measurement
  int in_flight = 64;
  int64_t rows = 100'000;         // seeded opportunities
  int64_t many_rows = 1'000'000;  // for growth; 10 M by flag
  int64_t backlog = 1'000'000;    // events for the relay
  std::string data;               // folder of the real data set, may be empty
};

// The field of all scenarios: a private stack, a client, the database beside it, and the report.
class Field {
 public:
  explicit Field(Settings settings, testing::StackOptions options = {});

  const Settings& settings() const { return settings_; }
  testing::Stack& stack() { return *stack_; }
  Report& report() { return report_; }
  const client::Channels& channels() const { return *channels_; }

  // A fresh client: one thread, no retries.
  std::unique_ptr<client::AsyncCalls> Client() const;
  // The same with connections of its own, and of any tenant.
  std::unique_ptr<client::AsyncCalls> Stranger(const std::string& tenant = "bench") const;
  // The same for any caller; of a secure stack with TLS and the client's certificate.
  std::unique_ptr<client::AsyncCalls> ClientOf(client::Caller caller) const;

  // Runs SQL in the stack's database as superuser; aborts on an error. Returns the first field.
  std::string Sql(const std::string& sql);
  // pgbench with the opportunity schema first in the search path.
  PgbenchResult Pgbench(const std::string& script, int clients, int seconds);

  // Meters postgres, redis and the three services.
  std::unique_ptr<CpuMeter> Meter() const;
  // The mean batch size of a method between two readings.
  struct BatchCount {
    double batches = 0, calls = 0;
  };
  BatchCount Batches(client::Service service, const std::string& method) const;

  // Waits, a minute at most, until the contact service has heard of all that has happened, so that
  // no scenario pays for the one before it.
  void Settle();

  // Makes sure that the opportunities 0 … rows-1 of tenant "bench" exist, set-wise.
  void Seed(int64_t rows);
  int64_t seeded() const { return seeded_; }

 private:
  client::Channels Connected() const;
  void SeedContacts();
  void Connect();

  const Settings settings_;
  std::unique_ptr<testing::Stack> stack_;
  std::unique_ptr<client::Channels> channels_;
  std::unique_ptr<pg::Connection> database_;
  Report report_;
  int64_t seeded_ = 0;
};

// "opportunities/00000000-0000-7000-8000-…" of seeded row `n`.
std::string SeededName(int64_t n);

// Our side of a comparison: the job closed-loop in `rounds` rounds with the counterpart between
// them. Fills value, p50, p99, batch and CPU of the median round; value is jobs a second, or with
// `latency` the p50 in milliseconds.
struct Contest {
  std::string scenario;
  Job job;
  int in_flight = 64;
  bool latency = false;
  client::Service service = client::Service::kOpportunity;
  std::string method = {};                        // for the batch size
  std::string against = {};                       // empty: no counterpart
  std::function<double()> counterpart = nullptr;  // jobs a second, or p50 in milliseconds
  std::string target = {};
  uint64_t most = UINT64_MAX;
};
void Run(Field& field, Contest contest);

using Scenario = std::function<void(Field&)>;
struct NamedScenario {
  const char* name;
  const char* help;
  void (*run)(Field&);
};

// All of them, in the order in which they run.
const std::vector<NamedScenario>& Scenarios();

}  // namespace crm::bench
