#pragma once

#include "absl/strings/string_view.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// Reads JSON as AppendJson writes it, with fields in any order and any spacing. False (and `change`
// in any state) for everything else, however valid: unknown fields, nulls, other spellings of
// numbers.
bool ReadPlainJson(absl::string_view json, crm::event::v1::StageChanged& change);

}  // namespace crm::stage
