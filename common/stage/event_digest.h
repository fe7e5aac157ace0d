#pragma once

#include <cstdint>
#include <string>

#include "common/base/digest.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// SHA-256 of events, by the rule of DigestStageEventsResponse.sha256: whoever has them as they
// stand on the stream, or in an export, comes to the same.
class EventDigest {
 public:
  // The next one, in the order of the sequences.
  void Add(const crm::event::v1::StageEvent& event);

  int64_t count() const { return count_; }

  // In hexadecimal; then nothing may be added any more.
  std::string Finish();

 private:
  base::Sha256Stream digest_;
  std::string json_;  // kept for its memory
  int64_t count_ = 0;
};

}  // namespace crm::stage
