#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/lead/domain/qualification_policy.h"

namespace crm::lead {

// A policy without its revision, as its column holds it. Nothing if the text cannot be read, or
// breaks a rule of policies.
std::string PolicyToJson(const QualificationPolicy& policy);
std::optional<QualificationPolicy> PolicyFromJson(absl::string_view text);

}  // namespace crm::lead
