#pragma once

#include "absl/strings/string_view.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// Reads JSON of exactly the form that AppendJson writes, without escapes. False (and `change` in
// any state) for everything else, however valid.
bool ScanCanonical(absl::string_view json, crm::event::v1::StageChanged& change);

}  // namespace crm::stage
