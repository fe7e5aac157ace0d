#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/lifecycle/repeating.h"
#include "common/metrics/registry.h"
#include "services/contact/store/erasure_store.h"

namespace crm::contact {

// Has each erasure looked for once more when its time has come, in all services, and shows those
// that are open: crm_erasures_open and crm_erasure_oldest_open_seconds, read from the database, so
// that every replica says the same. Any number of processes may do it at once.
class ErasureKeeper {
 public:
  // All must outlive this.
  ErasureKeeper(const ErasureStore& erasures, const base::Clock& clock,
                metrics::Registry& registry);

  // Does it on a thread of its own, every five seconds, until Stop. Repeatable.
  void Start();
  void Stop() { thread_.reset(); }

  // What is due; how many that was. Blocks; one thread at a time.
  absl::StatusOr<int> LookAgain();

  // Reads the database; what it does not tell is not exported until it does. Blocks for two seconds
  // at most.
  void ShowOpen();

 private:
  const ErasureStore& erasures_;
  const base::Clock& clock_;
  metrics::TransientGauge& open_;
  metrics::TransientGauge& oldest_;
  std::unique_ptr<lifecycle::Repeating> thread_;
};

}  // namespace crm::contact
