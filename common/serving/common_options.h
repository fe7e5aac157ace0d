#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/options.h"
#include "common/serving/auth_options.h"
#include "common/serving/cpu.h"
#include "common/serving/tls_options.h"
#include "common/serving/webhook_options.h"

namespace crm::serving {

// The flags that every service program has; see README for their meaning to operators.
struct CommonOptions {
  std::string listen = "127.0.0.1:0";
  std::string port_file;
  bool allow_insecure_listen = false;
  AuthOptions auth;
  TlsOptions tls;
  WebhookOptions webhook;
  std::string database_url;
  std::string relay_database_url;    // empty: database_url
  std::string migrate_database_url;  // empty: database_url
  std::string redis_url;
  std::string metrics_listen;  // empty: no metrics endpoint
  std::string metrics_port_file;
  std::string health_listen;  // empty: no port for health alone
  std::string health_port_file;
  bool metrics_per_tenant = false;
  std::string log_level = "info";
  std::string otlp_endpoint;  // empty: no traces
  std::string trace_ratio = "0.01";
  std::string cpu;       // empty: what the process may use
  int read_workers = 0;  // 0: as cpu suits; the same for the next two
  int write_workers = 0;
  int own_workers = 0;
  bool batching = true;
  int max_queued = 2048;
  bool tenant_turns = true;
  int tenant_rate = 0;  // 0: no limit; the same for the next two
  int tenant_burst = 0;
  int tenant_open_calls = 0;
  int max_subscribers = 2000;
  std::vector<std::string> access_log;  // tenants, or "*"
  absl::Duration access_log_retention = absl::Hours(24 * 90);
  absl::Duration drain_delay = absl::Seconds(5);
  absl::Duration drain_grace = absl::Seconds(20);
  absl::Duration request_retention = absl::Hours(24 * 7);
  absl::Duration stream_retention = absl::Hours(24 * 7);

  // `own_lanes`: whether the service has lanes of its own.
  void AddTo(config::Options& options, bool own_lanes);

  double Cpu() const;
  double TraceRatio() const;
  Workers WorkerCounts() const;

  const std::string& RelayUrl() const {
    return relay_database_url.empty() ? database_url : relay_database_url;
  }
  const std::string& MigrateUrl() const {
    return migrate_database_url.empty() ? database_url : migrate_database_url;
  }
};

}  // namespace crm::serving
