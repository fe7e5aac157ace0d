#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/options.h"
#include "common/pg/connection.h"
#include "common/webhook/dispatcher.h"
#include "common/webhook/url.h"

namespace crm::serving {

// The flags of webhooks, which every service has; see docs/webhooks.md.
struct WebhookOptions {
  bool webhooks = false;
  bool allow_http = false;
  std::vector<std::string> allowed_networks;  // beyond the public addresses
  std::string ca_file;                        // empty: the system's
  absl::Duration timeout = absl::Seconds(10);
  absl::Duration retry_for = absl::Hours(72);
  absl::Duration first_retry = absl::Seconds(5);
  absl::Duration log_retention = absl::Hours(24 * 7);
  int connections = 256;

  void AddTo(config::Options& options);

  webhook::UrlPolicy Policy() const;
  // Of a partition of the log, of so many.
  webhook::DispatcherOptions Dispatcher(const std::string& service,
                                        const pg::ConnectionOptions& database, int partition,
                                        int partitions) const;
};

}  // namespace crm::serving
