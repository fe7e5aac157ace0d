#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/pg/pool.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/ports.h"
#include "services/lead/store/lead_reads.h"

namespace crm::lead {

// A conversion as it stands on record.
struct ConversionRecord {
  base::Uuid id;
  base::Uuid request_id;
  base::Uuid lead;
  base::Uuid opportunity;
  ConversionState state = ConversionState::kUnspecified;
  bool given_up = false;
  int64_t attempt = 0;     // how often completers have taken it
  std::string last_error;  // a reason code, or empty
  absl::Time next_attempt;
  absl::Time create_time;
  absl::Time update_time;
};

// Whether it goes on by itself.
bool IsUnderWay(const ConversionRecord& record);

// Reads of conversions. Thread-safe; blocks.
class ConversionReads {
 public:
  explicit ConversionReads(pg::Pool& pool) : pool_(pool) {}

  // One answer per question, in order, by one statement. NOT_FOUND RESOURCE_NOT_FOUND or DATA_LOSS
  // DATA_DAMAGED for each; a database error is everybody's.
  std::vector<absl::StatusOr<ConversionRecord>> Find(absl::Span<const ConversionQuestion> questions,
                                                     base::Deadline deadline) const;

  // The tenant's conversions in `state`, which is STARTED or NEEDS_ATTENTION, or in either, oldest
  // first, after `after`, at most `limit`. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::StatusOr<std::vector<ConversionRecord>> ListOpen(const std::string& tenant,
                                                         std::optional<ConversionState> state,
                                                         const std::optional<RecordPosition>& after,
                                                         int limit, base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
