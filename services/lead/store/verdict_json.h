#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// What VerdictToJson wrote, but for the assessments and the explanations, which make up most of the
// work: for reads of many. Nothing if it cannot be read.
std::optional<Verdict> VerdictFiguresFromJson(absl::string_view text);

}  // namespace crm::lead
