#include "common/serving/webhook_options.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace crm::serving {
namespace {

std::optional<std::string> WrongCertificateFile(const std::string& path) {
  if (access(path.c_str(), R_OK) == 0) return std::nullopt;
  return "must be a file that can be read";
}

}  // namespace

void WebhookOptions::AddTo(config::Options& options) {
  options
      .Switch("webhooks", "send events to the URLs that tenants name (WebhookService)", &webhooks)
      .Switch("webhook-allow-http", "let webhooks have http:// URLs", &allow_http)
      .List("webhook-allow-networks",
            "networks that webhooks may be in although they are private, loopback or reserved, as "
            "10.20.0.0/16,fd00:1::/64",
            &allowed_networks)
      .Text("webhook-ca-file",
            "PEM file of the certificates that receivers' are checked with (default: the system's)",
            &ca_file, config::Options::Need::kOptional, WrongCertificateFile)
      .Time("webhook-timeout", "how long a receiver may take to answer", &timeout,
            absl::Milliseconds(100), absl::Minutes(1))
      .Time("webhook-first-retry",
            "how long after a failure the first retry comes; each pause is "
            "twice the one before, up to an hour",
            &first_retry, absl::Milliseconds(10), absl::Hours(1))
      .Time("webhook-retry-for",
            "how long a delivery is tried again, and after how long without any success a webhook "
            "is disabled",
            &retry_for, absl::Milliseconds(100), absl::Hours(24 * 30))
      .Time("webhook-log-retention", "how long deliveries that were made are listed",
            &log_retention, absl::Minutes(1))
      .Number("webhook-connections", "requests to webhooks that are under way at once",
              &connections, 1, 10'000)
      .Check([this]() -> std::optional<std::string> {
        for (const std::string& text : allowed_networks) {
          if (webhook::Network::Parse(text).has_value()) continue;
          return absl::StrCat("--webhook-allow-networks: ", text,
                              " is no network such as 10.20.0.0/16 or fd00:1::/64");
        }
        return std::nullopt;
      });
}

webhook::UrlPolicy WebhookOptions::Policy() const {
  webhook::UrlPolicy policy;
  policy.allow_http = allow_http;
  for (const std::string& text : allowed_networks) {
    const std::optional<webhook::Network> network = webhook::Network::Parse(text);
    if (network.has_value()) policy.addresses.networks.push_back(*network);
  }
  return policy;
}

webhook::DispatcherOptions WebhookOptions::Dispatcher(const std::string& service,
                                                      const pg::ConnectionOptions& database,
                                                      int partition, int partitions) const {
  webhook::DispatcherOptions dispatcher;
  dispatcher.service = service;
  dispatcher.partition = partition;
  dispatcher.partitions = partitions;
  dispatcher.database = database;
  dispatcher.sender.policy = Policy();
  dispatcher.sender.timeout = timeout;
  dispatcher.sender.connect_timeout = timeout / 2;
  dispatcher.sender.ca_file = ca_file;
  dispatcher.limits.retry_for = retry_for;
  dispatcher.limits.first_retry = first_retry;
  // What one webhook may have at once and waiting, and the process, whoever sends which partition.
  dispatcher.most_transfers = std::max(1, connections / partitions);
  dispatcher.most_of_one = std::max(1, dispatcher.most_of_one / partitions);
  dispatcher.limits.most_pending =
      std::max<size_t>(1, dispatcher.limits.most_pending / static_cast<size_t>(partitions));
  return dispatcher;
}

}  // namespace crm::serving
