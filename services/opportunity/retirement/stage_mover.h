#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/lifecycle/repeating.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/retirement/retirement_metrics.h"
#include "services/opportunity/store/retirement_store.h"

namespace crm::opportunity {

struct StageMoverOptions {
  int batch = 200;                           // opportunities moved by one transaction
  int window = 2'000;                        // opportunities looked at by one query
  absl::Duration lease = absl::Seconds(60);  // beyond what a turn may take
  // A move that saw the pipeline as it was may commit this long after the stage was removed: more
  // than the longest a batch of calls may take. Until then a stage is looked through again.
  absl::Duration grace = absl::Minutes(2);
  absl::Duration pause = absl::Seconds(2);  // between looks for work
  absl::Duration retry = absl::Minutes(1);  // after a pass in which a move failed
};

// Moves the opportunities of removed stages to the stages' successors, by the path of every other
// write: each with its row, its history and its event. It walks through the opportunities of the
// tenant batch by batch and remembers in the database how far it came, so that whoever dies is
// followed by another process; a move that was made is not made again, since what is not in the
// stage any more is left alone. Any number of processes may do it at once: a stage is one process's
// for the time of a lease.
class StageMover {
 public:
  // All must outlive the mover.
  StageMover(aggregate::Repository<Opportunity>& opportunities, RetirementStore& retirements,
             const base::Clock& clock, base::IdGenerator& ids, RetirementMetrics& metrics,
             const StageMoverOptions& options = {})
      : opportunities_(opportunities),
        retirements_(retirements),
        clock_(clock),
        ids_(ids),
        metrics_(metrics),
        options_(options) {}

  // Does it on a thread of its own until Stop, which waits for the batch it is at. Repeatable.
  void Start();
  void Stop() { thread_.reset(); }

  // One batch of the stage that is due. Whether there was one. Blocks; one thread at a time.
  absl::StatusOr<bool> Turn();

 private:
  // Moves what is in the stage; how many moves failed, or why none could be tried.
  absl::StatusOr<int> Move(const Retirement& retirement, const std::vector<base::Uuid>& ids);
  absl::Status Conclude(const Retirement& retirement);

  aggregate::Repository<Opportunity>& opportunities_;
  RetirementStore& retirements_;
  const base::Clock& clock_;
  base::IdGenerator& ids_;
  RetirementMetrics& metrics_;
  const StageMoverOptions options_;
  std::unique_ptr<lifecycle::Repeating> thread_;
};

}  // namespace crm::opportunity
