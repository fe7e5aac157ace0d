#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/base/uuid.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"

// The verbs of a lead's conversion. Errors common to all as in lead.h.
namespace crm::lead {

// QUALIFIED → CONVERTING with all ids fixed. Changes nothing when this very conversion has already
// begun or ended well. `etag` is only looked at when it begins. Errors: REQUEST_ID_REUSED (same
// request id, other hash), CONVERSION_REFUSED (it ended badly), ABORTED ETAG_MISMATCH, GATES_UNMET
// (no two-way activity and no override).
absl::Status StartConversion(Lead& lead, const Conversion& conversion, absl::string_view etag,
                             const Occasion& occasion);

// CONVERTING → CONVERTED at the conversion's effective time; nothing if that has happened. The
// occasion's effective time is not looked at. CONVERSION_REFUSED if it was abandoned.
absl::Status FinishConversion(Lead& lead, const base::Uuid& conversion, const Occasion& occasion);

// CONVERTING → QUALIFIED, for good, because of `cause` (a reason code); nothing if that has
// happened.
absl::Status AbandonConversion(Lead& lead, const base::Uuid& conversion, absl::string_view cause,
                               const Occasion& occasion);

// Whether the conversion of `after` has begun since the lead was as `before`; nullptr: there was
// none.
bool BeginsConversion(const Lead* before, const Lead& after);

// FAILED_PRECONDITION CONVERSION_REFUSED. Metadata: service, cause.
absl::Status ConversionRefused(absl::string_view cause);
// UNAVAILABLE NEIGHBOUR_UNAVAILABLE: it will be completed. Metadata: service, cause.
absl::Status ConversionNotAnswered(absl::string_view cause);
// FAILED_PRECONDITION CONVERSION_NEEDS_ATTENTION. Metadata: service, cause.
absl::Status ConversionNeedsAttention(absl::string_view cause);

}  // namespace crm::lead
