#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"

namespace crm::lead {

// A request to convert, as it may have been seen before.
struct ConversionQuestion {
  std::string tenant;
  base::Uuid request_id;
  base::Uuid conversion;
};

// What is known of it.
struct KnownConversion {
  std::optional<base::Uuid> lead;  // the lead whose conversion it began
  std::string conversion_hash;     // the hash of the request that began it
  std::optional<std::string>
      answered_hash;   // hash and answer of the finished request with this id,
  std::string answer;  // to whatever method, as long as answers are kept
};

// A conversion that waits to be carried on.
struct DueConversion {
  std::string tenant;
  base::Uuid conversion;
  base::Uuid lead;
  int64_t attempt = 0;  // how often it has been taken, this time included
};

struct Postponement {
  std::string tenant;
  base::Uuid conversion;
  absl::Time next_attempt;
  std::string error;  // a reason code, for the operator
};

// The record of all conversions and the queue of unfinished ones. Rows are written with their
// leads; this reads them and hands out work. Thread-safe; blocks.
class ConversionStore {
 public:
  virtual ~ConversionStore() = default;

  // One answer per question, in order.
  virtual absl::StatusOr<std::vector<KnownConversion>> LookUp(
      absl::Span<const ConversionQuestion> questions, absl::Time deadline) = 0;

  // Takes at most `limit` unfinished conversions that are due at `now`; nobody else is given them
  // until `lease_end`.
  virtual absl::StatusOr<std::vector<DueConversion>> TakeDue(absl::Time now, absl::Time lease_end,
                                                             int limit, absl::Time deadline) = 0;

  // Says when to try again. Finished ones are left alone.
  virtual absl::Status Postpone(absl::Span<const Postponement> postponements,
                                absl::Time deadline) = 0;
};

}  // namespace crm::lead
