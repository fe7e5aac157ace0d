#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/lifecycle/repeating.h"
#include "services/lead/prediction/predictions.h"
#include "services/lead/store/model_store.h"

namespace crm::lead {

struct DailyTrainingOptions {
  absl::Duration interval = absl::Hours(24);   // between walks through the tenants
  absl::Duration patience = absl::Minutes(2);  // for one tenant
  absl::Duration lease = absl::Minutes(5);     // beyond what a turn may take
  absl::Duration pause = absl::Minutes(1);     // between looks whether a step is due
};

// Has every tenant's model learned anew once a day, one tenant after the other. How far the walk
// has come stands in the database, so any number of processes may do it at once and whoever dies is
// followed by another one. A tenant whose training fails waits for the next walk: its old model
// predicts on.
class DailyTraining {
 public:
  // All must outlive this.
  DailyTraining(Predictions& predictions, ModelStore& models,
                const DailyTrainingOptions& options = {})
      : predictions_(predictions), models_(models), options_(options) {}

  // Does it on a thread of its own until Stop, which waits for the tenant it is at. Repeatable.
  void Start();
  void Stop() { thread_.reset(); }

  // The next tenant of the walk, or its end. Whether it may go on at once. Blocks; one thread at a
  // time.
  absl::StatusOr<bool> Turn();

 private:
  void Train(const std::string& tenant);

  Predictions& predictions_;
  ModelStore& models_;
  const DailyTrainingOptions options_;
  std::unique_ptr<lifecycle::Repeating> thread_;
};

}  // namespace crm::lead
