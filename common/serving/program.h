#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/access/access_log.h"
#include "common/base/id_generator.h"
#include "common/event/relay.h"
#include "common/feed/feed.h"
#include "common/lifecycle/drain.h"
#include "common/metrics/exposition.h"
#include "common/metrics/registry.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "common/rpc/executor.h"
#include "common/rpc/health_listener.h"
#include "common/rpc/server.h"
#include "common/rpc/tenant_calls.h"
#include "common/rpc/tenant_limits.h"
#include "common/serving/audit_service.h"
#include "common/serving/callers.h"
#include "common/serving/common_options.h"
#include "common/serving/liveness.h"
#include "common/serving/part_options.h"
#include "common/serving/service.h"
#include "common/serving/stage_event_service.h"
#include "common/serving/sweeper.h"
#include "common/serving/tracing.h"
#include "common/serving/webhook_service.h"
#include "common/tls/certificates.h"
#include "common/webhook/dispatcher.h"

namespace crm::serving {

// The libraries' migrations and the service's own, in order.
std::vector<pg::MigrationSet> MigrationSets(const ServiceDefinition& definition);

// A service process put together. Make, Start, BecomeReady until true, Stop; one thread.
class Program {
 public:
  Program(const ServiceDefinition& definition, const CommonOptions& options);
  ~Program();

  const Process& process() const { return process_; }

  // Takes the certificates up, if there are any. Before commands; Start does it itself.
  absl::Status OpenCertificates();

  // Listens; NOT_SERVING until ready.
  absl::Status Start();

  // True once the schema suits the program; then background work has begun and health says SERVING.
  // False with a log line otherwise. To be asked again.
  bool BecomeReady();

  // Drains: health, server, service's own threads, workers, relay. Once drain-delay and drain-grace
  // are over, waits for the database are cut short; what hangs two seconds longer, here or in the
  // destructor, ends the process (see lifecycle::Drain).
  void Stop();

 private:
  absl::Status StartHealth();
  absl::Status StartTracing();
  absl::Status StartMetrics();
  void StartWebhooks();
  absl::Status CheckSchema();
  absl::Status OpenPartitions();

  lifecycle::Drain drain_;      // first, so that it guards the end of all the others
  Tracing tracing_;             // before all that traces
  rpc::HealthListener health_;  // answers probes until all the others have ended
  const ServiceDefinition& definition_;
  const CommonOptions options_;
  const pg::ConnectionOptions database_;
  base::RandomIdGenerator ids_;
  metrics::Registry metrics_;
  rpc::TenantCalls tenant_calls_;
  rpc::TenantLimits tenant_limits_;
  Callers callers_;
  std::unique_ptr<tls::Certificates> certificates_;  // outlives server and channels
  std::unique_ptr<metrics::Exposition> exposition_;
  pg::Pool pool_;
  std::unique_ptr<access::AccessLog> access_log_;  // nullptr: none is asked for
  rpc::Executor executor_;
  std::unique_ptr<Liveness> liveness_;
  base::Growing<event::Relay, event::kMostPartitions> relays_;  // by partition, once it is ready
  Process process_;
  Feeds feeds_;  // the same
  std::unique_ptr<StageEventService> stage_events_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<WebhookService> webhook_service_;
  base::Growing<webhook::Dispatcher, event::kMostPartitions> webhooks_;  // if it sends any
  std::unique_ptr<Service> service_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<rpc::Server> server_;
  bool ready_ = false;
};

}  // namespace crm::serving
