#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "crm/event/v1/stage_event_reads.pb.h"

namespace crm::crmctl {

// Whether a copy of a log, as `crmctl events export` writes it in JSON lines, is the service's.
struct CopyProof {
  int64_t first = 0;  // sequences of the copy; 0 if it is empty
  int64_t last = 0;
  int64_t proved = 0;      // events whose digests are the same
  int64_t unproved = 0;    // events that have left the service's log
  int64_t log_end = 0;     // the newest sequence of the log
  std::string difference;  // what is different first; empty: nothing is
};

// The digest of the events behind `after` and up to `through`, or of the first of them: what
// DigestStageEvents answers.
using AskDigest = std::function<absl::StatusOr<event::v1::DigestStageEventsResponse>(
    int64_t after, int64_t through)>;

// Reads `copy` once, some thousand lines at a time. Where the digests differ some more are asked
// for, until it is known which event it is. Errors: INVALID_ARGUMENT where a line is no event or
// not behind the one before; those of `ask`.
absl::StatusOr<CopyProof> ProveCopy(std::istream& copy, const AskDigest& ask);

}  // namespace crm::crmctl
