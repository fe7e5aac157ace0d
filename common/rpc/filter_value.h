#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>

#include "common/listing/field.h"
#include "common/listing/query.h"

namespace crm::rpc {

// What the text stands for in a condition on `field`; nothing if it is no value of it.
std::optional<listing::Value> FilterValue(const listing::Field& field, std::string text);

// How a value of `field` is written: "one of OPEN, WON".
std::string FilterValueRule(const listing::Field& field);

}  // namespace crm::rpc
