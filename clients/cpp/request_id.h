#pragma once

#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <string>

#include "common/base/uuid.h"

namespace crm::client {

// A fresh request id: a UUIDv7. Give the same one again to repeat a write safely.
std::string NewRequestId();

// UUIDv5 of the parts within `space`: the same parts always give the same id, and different parts
// different ones, wherever their borders lie (each part is preceded by its length).
base::Uuid DerivedId(const base::Uuid& space, absl::Span<const absl::string_view> parts);

}  // namespace crm::client
