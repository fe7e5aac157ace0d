#include "common/rpc/method_metrics.h"

#include <absl/strings/str_split.h>

#include "common/rpc/status_bridge.h"

namespace crm::rpc {
namespace {

metrics::Labels MethodLabels(absl::string_view method) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(method, absl::MaxSplits('/', 1));
  return {{"grpc_service", parts.first}, {"grpc_method", parts.second}};
}

}  // namespace

MethodMetrics::MethodMetrics(metrics::Registry& registry, absl::string_view method)
    : registry_(registry),
      labels_(MethodLabels(method)),
      started_(registry.GetCounter("grpc_server_started_total", "Calls that arrived.", labels_)),
      seconds_(registry.GetHistogram("grpc_server_handling_seconds", "Time from arrival to answer.",
                                     metrics::LatencyBuckets(), labels_)),
      batch_size_(registry.GetHistogram("crm_rpc_batch_size", "Calls run together.",
                                        metrics::BatchSizeBuckets(), labels_)),
      waited_(registry.GetHistogram("crm_rpc_queue_wait_seconds",
                                    "Time the oldest call of a batch waited for a worker.",
                                    metrics::LatencyBuckets(), labels_)),
      replays_(registry.GetCounter(
          "crm_idempotent_replays_total",
          "Calls that got the stored answer of an earlier one with the same request id.",
          {{"method", labels_[1].second}})) {
  for (size_t i = 0; i < kRefusals; ++i) {
    const std::string reason(RefusalName(static_cast<Refusal>(i)));
    refused_[i] = &registry.GetCounter("crm_admission_rejected_total",
                                       "Calls answered without being run.", {{"reason", reason}});
  }
}

void MethodMetrics::Handled(grpc::StatusCode code, absl::Duration duration) {
  const size_t index = static_cast<size_t>(code) < kCodes ? static_cast<size_t>(code) : 2;
  metrics::Counter* counter = handled_[index].load(std::memory_order_acquire);
  if (counter == nullptr) {
    metrics::Labels labels = labels_;
    labels.emplace_back("grpc_code", CodeName(static_cast<grpc::StatusCode>(index)));
    counter =
        &registry_.GetCounter("grpc_server_handled_total", "Calls that were answered.", labels);
    handled_[index].store(counter, std::memory_order_release);
  }
  counter->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(duration));
}

void MethodMetrics::Batch(size_t size, absl::Duration waited) {
  batch_size_.Observe(static_cast<double>(size));
  waited_.Observe(absl::ToDoubleSeconds(waited));
}

}  // namespace crm::rpc
