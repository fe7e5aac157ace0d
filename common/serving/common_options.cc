#include "common/serving/common_options.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/redis/address.h"

namespace crm::serving {
namespace {

std::optional<std::string> WrongRedisUrl(const std::string& url) {
  if (url.empty()) return std::nullopt;
  const absl::StatusOr<redis::Address> address = redis::Address::Parse(url);
  if (address.ok()) return std::nullopt;
  return absl::StrCat("redis-url is wrong: ", address.status().message());
}

}  // namespace

void CommonOptions::AddTo(config::Options& options) {
  using Need = config::Options::Need;
  options.Text("listen", "host:port of the API; port 0 takes a free one", &listen)
      .Text("port-file", "file that gets the API's port once it listens", &port_file)
      .Switch("allow-insecure-listen", "serve without authentication beyond loopback",
              &allow_insecure_listen)
      .Choice("auth", "how callers prove who they are", &auth, {"none"})
      .Secret("database-url", "PostgreSQL URL of the app role", &database_url, Need::kRequired)
      .Secret("relay-database-url", "PostgreSQL URL of the relay role (default: database-url)",
              &relay_database_url)
      .Secret("migrate-database-url", "PostgreSQL URL of the migrate role (default: database-url)",
              &migrate_database_url)
      .Secret("redis-url", "redis://[user:password@]host:port/db of the event streams", &redis_url)
      .Text("metrics-listen", "host:port of /metrics; empty for none", &metrics_listen)
      .Text("metrics-port-file", "file that gets the metrics port", &metrics_port_file)
      .Text("health-listen",
            "host:port of a plaintext port for probes: grpc.health.v1 with \"\" (readiness), "
            "startup and liveness; empty for none",
            &health_listen)
      .Text("health-port-file", "file that gets the health port", &health_port_file)
      .Choice("log-level", "least level that is logged", &log_level,
              {"debug", "info", "warning", "error", "off"})
      .Number("read-workers", "threads that run reads", &read_workers, 1, 64)
      .Number("write-workers", "threads that run writes", &write_workers, 1, 64)
      .Switch("batching", "let a worker take all waiting calls of a method at once", &batching)
      .Number("max-queued", "calls that may wait in each lane before more are refused", &max_queued,
              1, 1'000'000)
      .Time("drain-delay", "how long to serve on after SIGTERM", &drain_delay)
      .Time("drain-grace", "how long calls in flight may take after that", &drain_grace)
      .Time("request-retention", "how long answers to request ids are kept", &request_retention,
            absl::Minutes(1))
      .Time("stream-retention", "how long entries stay on the Redis stream", &stream_retention,
            absl::Minutes(1))
      .Check([this] { return WrongRedisUrl(redis_url); });
}

}  // namespace crm::serving
