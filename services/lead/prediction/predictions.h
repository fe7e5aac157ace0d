#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/idempotency/request.h"
#include "services/lead/domain/model_evaluation.h"
#include "services/lead/domain/outcome_model.h"
#include "services/lead/prediction/outcome_collector.h"
#include "services/lead/store/model_store.h"

namespace crm::lead {

// Who wants a model to be learned.
struct TrainingOrder {
  std::string tenant;
  std::string actor;
  std::optional<idempotency::Request> request;
  // The serialized response.
  std::function<std::string(const ModelRevision&)> answer;
};

// A prediction and the model that made it.
struct ModelPrediction {
  int64_t model_revision = 0;
  Prediction prediction;
};

// Learns from finished leads and predicts open ones. Thread-safe; every method blocks.
class Predictions {
 public:
  // All must outlive this.
  Predictions(OutcomeCollector& collector, const LeadReads& reads, ModelStore& models,
              const base::Clock& clock)
      : collector_(collector), reads_(reads), models_(models), clock_(clock) {}

  // Train and Evaluate take seconds, so a process does one of them at a time: RESOURCE_EXHAUSTED
  // OVERLOADED while it is at another one. FAILED_PRECONDITION OUTCOMES_TOO_FEW; others as
  // OutcomeCollector::Collect's and ModelStore::Add's.
  absl::StatusOr<aggregate::Answer> Train(const TrainingOrder& order, base::Deadline deadline);
  absl::StatusOr<Evaluation> Evaluate(const std::string& tenant, base::Deadline deadline);

  // By this revision of the model, 0: the current one. Errors: ModelStore::Find's and
  // OutcomeCollector::Present's.
  absl::StatusOr<ModelPrediction> Predict(const aggregate::Key& lead, int64_t revision,
                                          base::Deadline deadline);

 private:
  absl::StatusOr<std::vector<Outcome>> CollectAlone(const std::string& tenant,
                                                    base::Deadline deadline);

  OutcomeCollector& collector_;
  const LeadReads& reads_;
  ModelStore& models_;
  const base::Clock& clock_;
  std::atomic<bool> busy_{false};
};

}  // namespace crm::lead
