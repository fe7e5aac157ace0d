#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/request.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/occasion.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// One request to convert a lead.
struct ConversionCall {
  aggregate::Key lead;
  std::string etag;
  idempotency::Request request;
  ConversionPlan plan;
  Occasion occasion;
  base::Deadline deadline = base::Deadline::None();

  absl::StatusOr<std::string> outcome = absl::UnknownError("not run");  // the serialized answer
  bool replayed = false;  // the answer is that of an earlier call
};

// The conversion that the call asks for.
Conversion ConversionOf(const ConversionCall& call);

// A call whose conversion is unfinished or has not begun.
struct AskedConversion {
  ConversionCall* call;
  std::optional<absl::Time> refused_since;
};

// Answers the calls whose request id has been used: by the same request, which has its answer, or
// by another one. Returns the others. Blocks.
std::vector<AskedConversion> AnswerKnown(ConversionStore& store,
                                         absl::Span<ConversionCall* const> calls,
                                         base::Deadline deadline);

}  // namespace crm::lead
