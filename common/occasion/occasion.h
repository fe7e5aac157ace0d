#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"

namespace crm::occasion {

// Who makes a change, when, and on whose request. All of it is given, so that a rule that runs
// again has the same result. Times are whole microseconds, as they are stored.
struct Occasion {
  absl::Time now;                            // when we learn of it: the recorded time
  std::optional<absl::Time> effective_time;  // when it happened; default: now
  base::Uuid event_id;                       // of the stage event, if the rule makes one
  std::string actor;
  std::string request_id;  // empty if there is none
  std::string traceparent;
};

// When a move on `occasion` takes effect, the thing's previous move having taken effect at
// `previous` (nothing or InfinitePast: it is the first). The given time, or else now, though never
// before `previous` whatever the clock says. INVALID_ARGUMENT EFFECTIVE_TIME_INVALID if a time was
// given and is not in [previous, now]; metadata earliest (unless it is the first), latest. `thing`
// is its noun for the caller, e.g. "lead".
absl::StatusOr<absl::Time> EffectiveTime(const Occasion& occasion,
                                         std::optional<absl::Time> previous,
                                         absl::string_view thing);

}  // namespace crm::occasion
