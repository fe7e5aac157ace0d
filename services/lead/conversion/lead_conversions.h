#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/base/random.h"
#include "common/idempotency/request.h"
#include "services/lead/domain/conversion_store.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/opportunity_opener.h"

namespace crm::lead {

// One caller's wish to convert a lead.
struct ConversionCall {
  aggregate::Key lead;
  std::string etag;
  idempotency::Request request;
  ConversionPlan plan;
  Occasion occasion;
  absl::Time deadline;

  absl::StatusOr<std::string> outcome = absl::UnknownError("not run");  // the serialized answer
};

// Turns leads into opportunities: a saga with persisted state, forward recovery first.
//   1. One transaction: the lead becomes CONVERTING, all ids are fixed.
//   2. The opportunity is ordered, outside any transaction, idempotent by id and request id.
//   3. One transaction: the lead becomes CONVERTED, or QUALIFIED again if the order was refused.
// Whoever dies in between leaves a conversion that a retry of the call, or CarryOnDue, completes
// with the same ids. Thread-safe; every method blocks.
class LeadConversions {
 public:
  struct Ports {
    aggregate::Repository<Lead>& leads;
    ConversionStore& store;
    OpportunityOpener& opener;
    const base::Clock& clock;
    base::IdGenerator& ids;
    // The serialized answer to a conversion, made from the lead it left behind.
    std::function<std::string(const Lead&)> answer;
    base::RandomSource random = base::RandomBits;
  };

  explicit LeadConversions(Ports ports) : ports_(std::move(ports)) {}

  // Converts all of `calls` in the same few steps and sets every outcome. Errors beside those of
  // StartConversion: REQUEST_ID_REUSED, CONVERSION_REFUSED, UNAVAILABLE NEIGHBOUR_UNAVAILABLE (the
  // lead stays CONVERTING and is carried on), and database errors.
  void Convert(absl::Span<ConversionCall* const> calls);

  // Carries on what has been left lying: at most `limit` conversions that are due. Returns how many
  // were taken. Any number of processes may do so at once.
  absl::StatusOr<int> CarryOnDue(int limit);

 private:
  // One conversion under way, with everybody who waits for it.
  struct Run {
    Lead lead;
    int64_t attempt = 0;
    std::vector<ConversionCall*> callers;
    OpeningReply reply;
    absl::StatusOr<std::string> outcome = absl::UnknownError("not run");
  };

  std::vector<ConversionCall*> RefuseKnown(absl::Span<ConversionCall* const> calls,
                                           absl::Time deadline);
  std::vector<Run> Begin(const std::vector<ConversionCall*>& calls, absl::Time deadline);
  void OrderOpportunities(std::vector<Run>& runs, absl::Time deadline);
  void Settle(std::vector<Run>& runs, absl::Time deadline);
  void SettleOnce(absl::Span<Run* const> runs, bool record_answers, absl::Time deadline);
  aggregate::Change<Lead> SettlingChange(const Run& run, bool record_answer);
  void PostponeUnknown(std::vector<Run>& runs, absl::Time deadline);
  absl::Duration BackOff(int64_t attempt) const;

  const Ports ports_;
};

}  // namespace crm::lead
