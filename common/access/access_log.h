#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/access/access_store.h"
#include "common/base/id_generator.h"
#include "common/base/steady_condition.h"
#include "common/metrics/registry.h"
#include "common/pg/pool.h"
#include "common/rpc/access_sink.h"

namespace crm::access {

struct AccessLogOptions {
  // Whose accesses are recorded; "*" is every tenant.
  std::vector<std::string> tenants = {};
  // What may wait to be written; what comes beyond it is lost.
  size_t most_waiting = 20'000;
  size_t most_waiting_bytes = size_t{8} << 20;
  // Between two writes, so that calls one by one do not cost a commit each; and before a failed one
  // is tried again.
  absl::Duration pause = absl::Milliseconds(50);
  absl::Duration retry_pause = absl::Seconds(1);
  // How long Stop goes on writing.
  absl::Duration last_words = absl::Seconds(2);
};

// Records accesses in the database, on a thread of its own that takes together what waits. Nobody
// ever waits for it: while the database does not answer, accesses wait here up to a bound, and
// those beyond it are lost. crm_access_log_recorded_total and crm_access_log_lost_total count both.
// What waits when the process is killed is lost uncounted.
class AccessLog final : public rpc::AccessSink {
 public:
  // The pool, the generator and the registry must outlive this.
  AccessLog(AccessLogOptions options, pg::Pool& pool, base::IdGenerator& ids,
            metrics::Registry& registry);
  ~AccessLog() override;

  bool Wants(absl::string_view tenant) const override;
  void Take(rpc::Access access) override;

  // Begins to write; before it, accesses wait.
  void Start();
  // Writes what waits, as far as options.last_words allow; what comes later is lost. Repeatable.
  void Stop();

 private:
  using Batch = std::vector<Record>;

  void Run();
  // Waits for accesses and takes some; empty once the log stops and none is left.
  Batch TakeBatch();
  // Until it is written, refused for good, or too late. Whether it is written.
  bool WriteOut(const Batch& batch);
  // Whether the log stops within the pause.
  bool StopsWithin(absl::Duration pause);
  bool IsTooLate();
  void Lose(size_t count, absl::string_view why);

  const AccessLogOptions options_;
  const bool all_;
  pg::Pool& pool_;
  base::IdGenerator& ids_;
  metrics::Counter& recorded_;
  metrics::Counter& lost_;

  absl::Mutex mutex_;
  base::SteadyCondition change_;
  std::deque<Record> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  base::SteadyTime last_moment_ ABSL_GUARDED_BY(mutex_);
  base::SteadyTime next_warning_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace crm::access
