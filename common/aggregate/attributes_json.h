#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// The column of what callers keep with a thing: a JSON object of texts.
namespace crm::aggregate {

std::string AttributesToJson(const std::map<std::string, std::string>& attributes);
// Nothing if it is anything else.
std::optional<std::map<std::string, std::string>> AttributesFromJson(absl::string_view text);

}  // namespace crm::aggregate
