#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"
#include "common/base/uuid.h"
#include "services/lead/domain/opportunity_order.h"

// What leads need from outside. Every implementation is thread-safe; all methods block.
namespace crm::lead {

enum class Opening {
  kUnknown,  // unavailable, too slow, overloaded: it may exist or not; to be tried again
  kOpened,   // it exists, for this lead, by this or an earlier attempt
  kRefused,  // it does not exist and never will by this order
};

struct OpeningReply {
  Opening opening = Opening::kUnknown;
  std::string reason;  // a reason code, unless opened
};

// Where opportunities are opened.
class OpportunityOpener {
 public:
  virtual ~OpportunityOpener() = default;

  // Orders all at once and returns when every one is answered or its deadline has passed. An order
  // that is given again opens no second opportunity.
  virtual void Open(absl::Span<const OpportunityOrder> orders,
                    absl::Span<OpeningReply> replies) = 0;
};

// A request to convert, which may have been seen before.
struct ConversionQuestion {
  std::string tenant;
  base::Uuid request_id;
  base::Uuid conversion;
};

// What is known of it.
struct KnownConversion {
  std::optional<base::Uuid> lead;      // the lead whose conversion it began
  std::string conversion_hash;         // the hash of the request that began it
  std::optional<std::string> refusal;  // the cause, if that conversion was abandoned
  // Hash and answer of the finished request with this id, to whatever method, as long as answers
  // are kept.
  std::optional<std::string> answered_hash;
  std::string answer;
};

// An unfinished conversion whose next attempt is due.
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

// Those that are not finished.
struct PendingConversions {
  int64_t count = 0;                 // up to 10,000
  std::optional<absl::Time> oldest;  // when the oldest of those counted began
};

// The record of all conversions and the queue of unfinished ones. Rows are written with their
// leads; this reads them and hands out work.
class ConversionStore {
 public:
  virtual ~ConversionStore() = default;

  // One answer per question, in order; DATA_LOSS DATA_DAMAGED where what is known cannot be read.
  virtual absl::StatusOr<std::vector<absl::StatusOr<KnownConversion>>> LookUp(
      absl::Span<const ConversionQuestion> questions, base::Deadline deadline) = 0;

  // Takes at most `limit` unfinished conversions that are due at `now`; no other call gets them
  // before `lease_end`. DATA_LOSS DATA_DAMAGED for each that cannot be read.
  virtual absl::StatusOr<std::vector<absl::StatusOr<DueConversion>>> TakeDue(
      absl::Time now, absl::Time lease_end, int limit, base::Deadline deadline) = 0;

  // What is unfinished, at a cost that does not grow with the conversions that are finished.
  virtual absl::StatusOr<PendingConversions> CountPending(base::Deadline deadline) = 0;

  // Sets the times of the next attempts. Finished conversions are left alone.
  virtual absl::Status Postpone(absl::Span<const Postponement> postponements,
                                base::Deadline deadline) = 0;
};

}  // namespace crm::lead
