#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

namespace crm::contact {

// One move of a contact or an account, with the facts at that moment. Collected in the aggregate
// and written with it, for the history and the event.
struct StageChange {
  base::Uuid event_id;
  int64_t version = 0;  // of the thing's moves, dense from 1
  std::string from;     // empty on the first
  std::string to;       // equal to `from` for a further win of an account
  std::string reason;   // a code; empty if there is none
  std::string note;     // free text, for the history alone
  absl::Time effective_time;
  absl::Time record_time;
  std::optional<absl::Time> previous_effective_time;  // of version - 1

  std::string actor;
  std::string owner;
  std::string request_id;
  std::string causation_id;
  std::string correlation_id;
  std::string traceparent;

  base::Uuid contact;
  std::optional<base::Uuid> lead;
  std::optional<base::Uuid> opportunity;
  std::optional<base::Money> win_amount;
  bool correction = false;                     // of when an account was opened: no further win
  std::string kind = {};                       // what follows from a merge: MERGED, UNMERGED
  std::optional<base::Uuid> merged_into = {};  // of what became part of another contact or account

  bool operator==(const StageChange&) const = default;
};

}  // namespace crm::contact
