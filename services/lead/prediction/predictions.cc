#include "services/lead/prediction/predictions.h"

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::lead {

absl::StatusOr<std::vector<Outcome>> Predictions::CollectAlone(const std::string& tenant,
                                                               base::Deadline deadline) {
  if (busy_.exchange(true)) {
    return error::Error(absl::StatusCode::kResourceExhausted, error::kOverloaded,
                        "Another model is being learned or evaluated.")
        .RetryAfter(absl::Seconds(5));
  }
  const auto done = absl::MakeCleanup([this] { busy_ = false; });
  return collector_.Collect(tenant, deadline);
}

absl::StatusOr<aggregate::Answer> Predictions::Train(const TrainingOrder& order,
                                                     base::Deadline deadline) {
  if (order.request.has_value()) {
    CRM_ASSIGN_OR_RETURN(auto first, reads_.FirstAnswer(order.tenant, *order.request, deadline));
    if (first.has_value()) return aggregate::Answer{*std::move(first), true};
  }
  LearnedModel learned;
  {
    CRM_ASSIGN_OR_RETURN(const std::vector<Outcome> outcomes, CollectAlone(order.tenant, deadline));
    learned.model = Learn(outcomes);
  }
  CRM_RETURN_IF_ERROR(CheckEnough(learned.model.converted, learned.model.other));
  learned.tenant = order.tenant;
  learned.request = order.request;
  learned.actor = order.actor;
  learned.now = clock_.Now();
  learned.answer = order.answer;
  return models_.Add(learned, deadline);
}

absl::StatusOr<Evaluation> Predictions::Evaluate(const std::string& tenant,
                                                 base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(std::vector<Outcome> outcomes, CollectAlone(tenant, deadline));
  return lead::Evaluate(std::move(outcomes));
}

absl::StatusOr<ModelPrediction> Predictions::Predict(const aggregate::Key& lead, int64_t revision,
                                                     base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const Facts facts, collector_.Present(lead, deadline));
  CRM_ASSIGN_OR_RETURN(const ModelRevision model, models_.Find(lead.tenant, revision, deadline));
  return ModelPrediction{model.revision, lead::Predict(model.model, facts)};
}

}  // namespace crm::lead
