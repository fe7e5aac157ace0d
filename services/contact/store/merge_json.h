#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/contact/domain/contact_merge.h"

namespace crm::contact {

// What a survivor took from a contact, as it is stored. The reader gives nothing for what the
// writer cannot have made.
std::string TakenToJson(const Taken& taken);
std::optional<Taken> TakenFromJson(absl::string_view json);

}  // namespace crm::contact
