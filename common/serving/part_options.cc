#include "common/serving/part_options.h"

#include "absl/strings/str_cat.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

// Beside the workers: sweeper, completer and the like, and two for the feed of subscribers.
constexpr int kBackgroundConnections = 4;

// For threads that wait on nobody's behalf: a server that does not answer is given up soon.
constexpr absl::Duration kBackgroundRoundTrip = absl::Seconds(10);
// Events wait meanwhile, and all that a relay does takes milliseconds.
constexpr absl::Duration kRelayRoundTrip = absl::Seconds(5);

// A worker holds a connection at most; those of reports read on two.
constexpr int kReportConnections = 2;

}  // namespace

pg::ConnectionOptions DatabaseOf(const ServiceDefinition& definition, const std::string& url) {
  pg::ConnectionOptions database;
  database.url = url;
  database.schema = "crm_" + definition.name;
  database.application_name = "crm-" + definition.name;
  return database;
}

pg::ConnectionOptions BackgroundOf(pg::ConnectionOptions database) {
  database.round_trip_limit = kBackgroundRoundTrip;
  return database;
}

rpc::ExecutorOptions ExecutorOptionsOf(const ServiceDefinition& definition,
                                       const CommonOptions& options) {
  const Workers workers = options.WorkerCounts();
  rpc::ExecutorOptions executor;
  executor.read_workers = workers.read;
  executor.write_workers = workers.write;
  executor.own_workers.assign(definition.own_lanes, workers.own);
  executor.own_workers.insert(executor.own_workers.end(), definition.single_lanes, 1);
  executor.batching = options.batching;
  executor.max_queued = static_cast<size_t>(options.max_queued);
  executor.fair = options.tenant_turns;
  return executor;
}

rpc::TenantLimitOptions TenantLimitsOf(const CommonOptions& options) {
  return {.rate = options.tenant_rate,
          .burst = options.tenant_burst,
          .open_calls = options.tenant_open_calls};
}

event::RelayOptions RelayOptionsOf(const ServiceDefinition& definition,
                                   const CommonOptions& options, int partition) {
  event::RelayOptions relay;
  relay.stream = stage::StreamKey(definition.name, partition);
  relay.partition = partition;
  relay.database = DatabaseOf(definition, options.RelayUrl());
  relay.database.round_trip_limit = kRelayRoundTrip;
  relay.redis.url = options.redis_url;
  relay.redis.client_name = absl::StrCat("crm-", definition.name, "-relay");
  relay.retention = options.stream_retention;
  return relay;
}

feed::FeedOptions FeedOptionsOf(const ServiceDefinition& definition, const CommonOptions& options,
                                int partition) {
  feed::FeedOptions feed;
  feed.tail.stream = stage::StreamKey(definition.name, partition);
  feed.tail.partition = partition;
  feed.tail.redis.url = options.redis_url;
  feed.tail.redis.client_name = absl::StrCat("crm-", definition.name, "-feed");
  feed.most_subscribers = static_cast<size_t>(options.max_subscribers);
  return feed;
}

rpc::ServerOptions ServerOptionsOf(const CommonOptions& options,
                                   const tls::Certificates* certificates) {
  rpc::ServerOptions server;
  server.listen = options.listen;
  server.port_file = options.port_file;
  server.allow_insecure_listen = options.allow_insecure_listen;
  server.reflection = options.auth.Reflection();
  if (certificates != nullptr) {
    // Without tokens a certificate is all that callers can prove themselves by.
    server.credentials =
        certificates->Server(options.auth.Tokens() ? tls::ClientCertificates::kIfGiven
                                                   : tls::ClientCertificates::kRequired);
  }
  return server;
}

int ConnectionsOf(const ServiceDefinition& definition, const CommonOptions& options) {
  const Workers workers = options.WorkerCounts();
  return workers.read + workers.write + workers.own * definition.own_lanes +
         kReportConnections * definition.single_lanes + kBackgroundConnections;
}

}  // namespace crm::serving
