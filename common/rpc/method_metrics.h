#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <grpcpp/support/status.h>

#include <array>
#include <atomic>
#include <string>

#include "common/metrics/registry.h"
#include "common/rpc/executor.h"

namespace crm::rpc {

// The metrics of one method, resolved once. Also for streaming methods, which have no binding:
// Started when the stream opens, Handled when it ends. Thread-safe.
class MethodMetrics {
 public:
  // `method` is "crm.lead.v1.LeadService/GetLead". The registry must outlive this.
  MethodMetrics(metrics::Registry& registry, absl::string_view method);

  void Started() { started_.Increment(); }
  void Handled(grpc::StatusCode code, absl::Duration duration);
  // A batch that is about to run: its size and how long its oldest call has waited.
  void Batch(size_t size, absl::Duration waited);
  // A call that gets the stored answer of an earlier one.
  void Replayed() { replays_.Increment(); }
  void Refused(Refusal refusal) { refused_[static_cast<size_t>(refusal)]->Increment(); }

 private:
  static constexpr size_t kCodes = 17;

  metrics::Registry& registry_;
  const metrics::Labels labels_;
  metrics::Counter& started_;
  metrics::Histogram& seconds_;
  metrics::Histogram& batch_size_;
  metrics::Histogram& waited_;
  metrics::Counter& replays_;
  std::array<metrics::Counter*, kRefusals> refused_;
  // Resolved when a code first occurs, so that what never happens is not exported.
  std::array<std::atomic<metrics::Counter*>, kCodes> handled_{};
};

}  // namespace crm::rpc
