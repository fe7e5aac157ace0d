#include "common/serving/common_options.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/config/address.h"
#include "common/pg/connection_url.h"
#include "common/redis/sentinel_url.h"

namespace crm::serving {
namespace {

using config::Options;
using Need = config::Options::Need;

std::optional<std::string> WrongRedisUrl(const std::string& url) {
  const absl::Status checked = redis::CheckUrl(url);
  if (checked.ok()) return std::nullopt;
  return absl::StrCat("is wrong: ", checked.message());
}

std::optional<std::string> WrongCpu(const std::string& text) {
  if (ParseCpu(text).has_value()) return std::nullopt;
  return "must be a number of cores such as 2, 0.5 or 500m, from 0.001 to 1024";
}

std::optional<double> ParseRatio(const std::string& text) {
  double ratio = 0;
  if (!absl::SimpleAtod(text, &ratio) || !(ratio >= 0 && ratio <= 1)) return std::nullopt;
  return ratio;
}

std::optional<std::string> WrongRatio(const std::string& text) {
  if (ParseRatio(text).has_value()) return std::nullopt;
  return "must be a number from 0 to 1";
}

void AddSignals(CommonOptions& values, Options& options) {
  options
      .Choice("log-level", "least level that is logged", &values.log_level,
              {"debug", "info", "warning", "error", "off"})
      .Text("otlp-endpoint",
            "host:port of an OTLP collector that takes spans over gRPC; empty for none",
            &values.otlp_endpoint, Need::kOptional, config::WrongServerAddress)
      .Text("trace-ratio", "share of the traces begun here that is recorded, 0 to 1",
            &values.trace_ratio, Need::kOptional, WrongRatio);
}

// Two servers of one process cannot have one address; with port 0 each takes another.
std::optional<std::string> SharedAddress(const CommonOptions& options) {
  const std::pair<const char*, const std::string*> listeners[] = {
      {"listen", &options.listen},
      {"metrics-listen", &options.metrics_listen},
      {"health-listen", &options.health_listen}};
  for (const auto& [name, address] : listeners) {
    for (const auto& [other, its_address] : listeners) {
      if (address == its_address) break;
      if (!address->empty() && *address == *its_address && !absl::EndsWith(*address, ":0")) {
        return absl::StrCat("--", other, " and --", name, " are the same address");
      }
    }
  }
  return std::nullopt;
}

void AddListeners(CommonOptions& values, Options& options) {
  options
      .Text("listen", "host:port of the API, or unix:/path; port 0 takes a free one",
            &values.listen, Need::kOptional, config::WrongListenAddress)
      .Text("port-file", "file that gets the API's port once it listens", &values.port_file)
      .Switch("allow-insecure-listen", "serve in plaintext beyond loopback",
              &values.allow_insecure_listen)
      .Text("metrics-listen", "host:port of /metrics, IPv4 only; empty for none",
            &values.metrics_listen, Need::kOptional, config::WrongHttpListenAddress)
      .Text("metrics-port-file", "file that gets the metrics port", &values.metrics_port_file)
      .Switch("metrics-per-tenant",
              "count calls by tenant: the first 200 that call, others together",
              &values.metrics_per_tenant)
      .Text("health-listen",
            "host:port of a plaintext port for probes: grpc.health.v1 with \"\" (readiness), "
            "startup and liveness; empty for none",
            &values.health_listen, Need::kOptional, config::WrongListenAddress)
      .Text("health-port-file", "file that gets the health port", &values.health_port_file)
      .Check([&values] { return SharedAddress(values); });
}

void AddStores(CommonOptions& values, Options& options) {
  options
      .Secret("database-url", "PostgreSQL URL of the app role", &values.database_url,
              Need::kRequired, pg::WrongUrl)
      .Secret("relay-database-url", "PostgreSQL URL of the relay role (default: database-url)",
              &values.relay_database_url, Need::kOptional, pg::WrongUrl)
      .Secret("migrate-database-url", "PostgreSQL URL of the migrate role (default: database-url)",
              &values.migrate_database_url, Need::kOptional, pg::WrongUrl)
      .Secret("redis-url",
              "redis://[user:password@]host:port/db of the event streams, or "
              "redis+sentinel://[user:password@]host:port,host:port/primary-name/db; "
              "required to serve",
              &values.redis_url, Need::kOptional, WrongRedisUrl);
}

void AddWorkers(CommonOptions& values, Options& options, bool own_lanes) {
  options
      .Text("cpu",
            "cores that the process should use, as 2, 0.5 or 500m; sets the numbers of threads "
            "below that are 0 (default: what affinity and control group allow)",
            &values.cpu, Need::kOptional, WrongCpu)
      .Number("read-workers", "threads that run reads; 0: as --cpu suits", &values.read_workers, 0,
              64)
      .Number("write-workers", "threads that run writes; 0: as --cpu suits", &values.write_workers,
              0, 64);
  if (own_lanes) {
    options.Number("own-workers",
                   "threads that wait for neighbours, of each kind; 0: as --cpu suits",
                   &values.own_workers, 0, 64);
  }
  options
      .Switch("batching", "let a worker take all waiting calls of a method at once",
              &values.batching)
      .Number("max-queued", "calls that may wait in each lane before more are refused",
              &values.max_queued, 1, 1'000'000);
}

void AddTenantLimits(CommonOptions& values, Options& options) {
  options
      .Switch("tenant-turns", "let the tenants whose calls wait take turns", &values.tenant_turns)
      .Number("tenant-rate", "calls a second that each tenant may make of this process; 0: any",
              &values.tenant_rate, 0, 1'000'000)
      .Number("tenant-burst",
              "calls that a tenant may make at once after a pause; 0: as many as in a second",
              &values.tenant_burst, 0, 1'000'000)
      .Number("tenant-open-calls", "calls that a tenant may have open in this process; 0: any",
              &values.tenant_open_calls, 0, 1'000'000)
      .Check([&values]() -> std::optional<std::string> {
        if (values.tenant_burst == 0 || values.tenant_rate > 0) return std::nullopt;
        return "--tenant-burst says nothing without --tenant-rate";
      });
}

void AddAccessLog(CommonOptions& values, Options& options) {
  options
      .List("access-log", "tenants of which calls that show personal data are recorded; * for all",
            &values.access_log)
      .Time("access-log-retention", "how long these records are kept", &values.access_log_retention,
            absl::Minutes(1));
}

}  // namespace

void CommonOptions::AddTo(Options& options, bool own_lanes) {
  AddListeners(*this, options);
  auth.AddTo(options);
  tls.AddTo(options);
  AddStores(*this, options);
  AddSignals(*this, options);
  AddWorkers(*this, options, own_lanes);
  AddTenantLimits(*this, options);
  AddAccessLog(*this, options);
  webhook.AddTo(options);
  options.Number("max-subscribers",
                 "subscriptions to stage events that this process takes before more are refused",
                 &max_subscribers, 0, 100'000);
  options.Time("drain-delay", "how long to serve on after SIGTERM", &drain_delay)
      .Time("drain-grace", "how long calls in flight may take after that", &drain_grace)
      .Time("request-retention", "how long answers to request ids are kept", &request_retention,
            absl::Minutes(1))
      .Time("stream-retention", "how long entries stay on the Redis stream", &stream_retention,
            absl::Minutes(1));
}

double CommonOptions::TraceRatio() const { return ParseRatio(trace_ratio).value_or(0); }

double CommonOptions::Cpu() const {
  const std::optional<double> asked = ParseCpu(cpu);
  return asked.has_value() ? *asked : UsableCpu();
}

Workers CommonOptions::WorkerCounts() const {
  Workers workers = WorkersFor(Cpu());
  if (read_workers > 0) workers.read = read_workers;
  if (write_workers > 0) workers.write = write_workers;
  if (own_workers > 0) workers.own = own_workers;
  return workers;
}

}  // namespace crm::serving
