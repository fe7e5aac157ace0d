#include "common/serving/program.h"

#include <algorithm>
#include <utility>

#include "common/access/access_store.h"
#include "common/aggregate/revisions.h"
#include "common/base/build_info.h"
#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/event/migrations/migrations.h"
#include "common/idempotency/ledger.h"
#include "common/log/log.h"
#include "common/metrics/process.h"
#include "common/pg/schema_state.h"
#include "common/pg/watchdog.h"
#include "common/rpc/call_log.h"
#include "common/rpc/listening.h"

namespace crm::serving {
namespace {

// How long before the end of the grace the waits for the database are cut, so that the calls which
// wait still get an answer of ours rather than the server's end.
absl::Duration AnswerTime(absl::Duration grace) {
  return std::min(absl::Milliseconds(250), grace / 2);
}

void SetReady(metrics::Registry& registry, bool ready) {
  registry.GetGauge("crm_ready", "1 from when a schema was found to serve with until the drain.")
      .Set(ready ? 1 : 0);
}

std::unique_ptr<access::AccessLog> MakeAccessLog(const CommonOptions& options, pg::Pool& pool,
                                                 base::IdGenerator& ids,
                                                 metrics::Registry& metrics) {
  if (options.access_log.empty()) return nullptr;
  return std::make_unique<access::AccessLog>(
      access::AccessLogOptions{.tenants = options.access_log}, pool, ids, metrics);
}

}  // namespace

std::vector<pg::MigrationSet> MigrationSets(const ServiceDefinition& definition) {
  const auto events = event::Migrations();
  return {{"event", {events.begin(), events.end()}},
          idempotency::Migrations(),
          aggregate::Migrations(),
          access::Migrations(),
          definition.migrations};
}

Program::Program(const ServiceDefinition& definition, const CommonOptions& options)
    : drain_({options.drain_delay + options.drain_grace - AnswerTime(options.drain_grace)},
             [this] {
               pool_.Close();
               pg::Watchdog::Shared().CutAll();
             }),
      definition_(definition),
      options_(options),
      database_(DatabaseOf(definition, options.database_url)),
      ids_(&base::SystemClock::Instance()),
      tenant_calls_(metrics_),
      tenant_limits_(TenantLimitsOf(options)),
      pool_(database_, ConnectionsOf(definition, options), &metrics_),
      access_log_(MakeAccessLog(options, pool_, ids_, metrics_)),
      executor_(ExecutorOptionsOf(definition, options)),
      process_{base::SystemClock::Instance(),
               ids_,
               pool_,
               BackgroundOf(database_),
               options.redis_url,
               executor_,
               metrics_,
               [this] { relays_.ForEach([](event::Relay& relay) { relay.Poke(); }); },
               options.metrics_per_tenant ? &tenant_calls_ : nullptr,
               TenantLimitsOf(options).Any() ? &tenant_limits_ : nullptr,
               access_log_.get()} {}

Program::~Program() = default;

absl::Status Program::Start() {
  CRM_RETURN_IF_ERROR(StartTracing());
  CRM_RETURN_IF_ERROR(StartHealth());
  CRM_RETURN_IF_ERROR(StartMetrics());
  CRM_RETURN_IF_ERROR(callers_.Start(options_.auth, metrics_));
  process_.admission = &callers_.admission();
  CRM_RETURN_IF_ERROR(OpenCertificates());
  CRM_ASSIGN_OR_RETURN(service_, definition_.make(process_));
  stage_events_ = std::make_unique<StageEventService>(
      process_.Bind(absl::StrCat("crm.", definition_.name, ".v1")), pool_, feeds_,
      definition_.parties);
  audit_ = std::make_unique<AuditService>(
      process_.Bind(absl::StrCat("crm.", definition_.name, ".v1")), pool_);
  webhook_service_ = std::make_unique<WebhookService>(
      process_.Bind(absl::StrCat("crm.", definition_.name, ".v1")),
      WebhookPorts{pool_, process_.clock, ids_, definition_.name, options_.webhook.webhooks,
                   options_.webhook.Policy(), &feeds_});
  server_ = std::make_unique<rpc::Server>(ServerOptionsOf(options_, certificates_.get()));
  for (rpc::ServiceCore* const service : service_->RpcServices()) server_->Register(*service);
  server_->Register(*stage_events_);
  server_->Register(*audit_);
  server_->Register(*webhook_service_);
  CRM_RETURN_IF_ERROR(server_->Start());
  health_.Set(rpc::kStartup, true);
  const Workers workers = options_.WorkerCounts();
  log::Info("listening", {{"port", server_->selected_port()},
                          {"cpu", options_.Cpu()},
                          {"read_workers", workers.read},
                          {"write_workers", workers.write},
                          {"own_workers", workers.own},
                          {"connections", pool_.size()}});
  return absl::OkStatus();
}

void Program::StartWebhooks() {
  if (!options_.webhook.webhooks) return;
  const int partitions = feeds_.size();
  for (int partition = 0; partition < partitions; ++partition) {
    webhooks_.Add(std::make_unique<webhook::Dispatcher>(
        options_.webhook.Dispatcher(definition_.name, process_.database, partition, partitions),
        feeds_[partition], process_.clock, ids_, metrics_, process_.on_commit));
    webhooks_[partition].Start();
  }
}

absl::Status Program::OpenCertificates() {
  if (!options_.tls.Given()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(certificates_,
                       tls::Certificates::Open(options_.tls.files, process_.clock, metrics_));
  process_.neighbour_credentials = certificates_->Channel();
  return absl::OkStatus();
}

absl::Status Program::StartTracing() {
  return tracing_.Start({.endpoint = options_.otlp_endpoint,
                         .ratio = options_.TraceRatio(),
                         .service = absl::StrCat("crm-", definition_.name),
                         .version = std::string(base::BuildVersion()),
                         .instance = ids_.New().ToString()});
}

absl::Status Program::StartHealth() {
  if (options_.health_listen.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(health_.Start(options_.health_listen, options_.health_port_file));
  health_.Set(rpc::kLiveness, true);
  liveness_ =
      std::make_unique<Liveness>([this] { return executor_.LongestRun(); },
                                 [this](bool alive) { health_.Set(rpc::kLiveness, alive); });
  log::Info("health listening", {{"port", health_.selected_port()}});
  return absl::OkStatus();
}

absl::Status Program::StartMetrics() {
  metrics_.AddCallbackCounter("crm_log_dropped_total", "Log lines that the sink was too slow for.",
                              &log::Dropped);
  metrics_.AddCallbackCounter("crm_log_omitted_calls_total",
                              "Calls that succeeded and were not logged.", &rpc::OmittedCallLines);
  metrics::AddProcessMetrics(metrics_);
  SetReady(metrics_, false);
  metrics_
      .GetGauge("crm_build_info", "What this program was built from.",
                {{"service", definition_.name},
                 {"version", std::string(base::BuildVersion())},
                 {"commit", std::string(base::BuildCommit())}})
      .Set(1);
  if (options_.metrics_listen.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(exposition_, metrics::Exposition::Start(metrics_, options_.metrics_listen));
  if (!options_.metrics_port_file.empty()) {
    return rpc::WritePortFile(options_.metrics_port_file, exposition_->Port());
  }
  return absl::OkStatus();
}

absl::Status Program::CheckSchema() {
  const base::Deadline deadline = base::Deadline::After(absl::Seconds(1));
  CRM_ASSIGN_OR_RETURN(pg::Pool::Lease lease, pool_.Acquire(deadline));
  CRM_ASSIGN_OR_RETURN(const pg::Applied applied, pg::ReadApplied(*lease, deadline));
  return pg::CanServe(applied, MigrationSets(definition_));
}

absl::Status Program::OpenPartitions() {
  const base::Deadline deadline = base::Deadline::After(absl::Seconds(1));
  int partitions = 0;
  {
    CRM_ASSIGN_OR_RETURN(pg::Pool::Lease lease, pool_.Acquire(deadline));
    CRM_ASSIGN_OR_RETURN(partitions, event::CountPartitions(*lease, deadline));
  }
  for (int partition = 0; partition < partitions; ++partition) {
    relays_.Add(std::make_unique<event::Relay>(RelayOptionsOf(definition_, options_, partition),
                                               std::make_unique<stage::StageEntryRenderer>(),
                                               &metrics_, &process_.clock));
    feeds_.Add(std::make_unique<feed::Feed>(FeedOptionsOf(definition_, options_, partition), pool_,
                                            metrics_));
    relays_[partition].Start();
    feeds_[partition].Start();
  }
  return absl::OkStatus();
}

bool Program::BecomeReady() {
  if (ready_) return true;
  absl::Status status = CheckSchema();
  if (status.ok()) status = OpenPartitions();
  if (!status.ok()) {
    log::Warning("not ready",
                 {{"error", status.ToString()}, {"detail", error::PrivateTextOf(status)}});
    return false;
  }
  if (access_log_ != nullptr) access_log_->Start();
  sweeper_ = std::make_unique<Sweeper>(pool_, process_.clock,
                                       Retentions{.answers = options_.request_retention,
                                                  .accesses = options_.access_log_retention,
                                                  .deliveries = options_.webhook.log_retention});
  service_->Start();
  StartWebhooks();
  server_->SetServing(true);
  health_.Set(rpc::kReadiness, true);
  SetReady(metrics_, true);
  log::Info("ready");
  ready_ = true;
  return true;
}

void Program::Stop() {
  SetReady(metrics_, false);
  health_.Set(rpc::kReadiness, false);
  drain_.Add("webhooks", [this] {
    webhooks_.ForEach([](webhook::Dispatcher& one) { one.AskToStop(); });
    webhooks_.ForEach([](webhook::Dispatcher& one) { one.Stop(); });
  });
  drain_.Add("server", [this] { server_->Drain(options_.drain_delay, options_.drain_grace); });
  drain_.Add("subscribers", [this] { feeds_.ForEach([](feed::Feed& feed) { feed.Stop(); }); });
  drain_.Add("service", [this] {
    if (ready_) service_->Stop();
  });
  drain_.Add("workers", [this] { executor_.Stop(); });
  drain_.Add("access log", [this] {
    if (access_log_ != nullptr) access_log_->Stop();
  });
  drain_.Add("sweeper", [this] { sweeper_.reset(); });
  drain_.Add("relays", [this] { relays_.ForEach([](event::Relay& relay) { relay.Stop(); }); });
  drain_.Run();
}

}  // namespace crm::serving
