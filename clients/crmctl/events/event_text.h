#pragma once

#include <absl/strings/string_view.h>

#include <string>

#include "crm/event/v1/stage_event.pb.h"

namespace crm::crmctl {

// One event in a line that a person can follow. `stream`: the service's name.
std::string Readable(absl::string_view stream, absl::string_view sequence,
                     const event::v1::StageChanged& change);

}  // namespace crm::crmctl
