#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>

#include "common/base/uuid.h"

namespace crm::rpc {

// The id in "<collection>/<uuid>", or nothing when `name` has another form.
std::optional<base::Uuid> ParseName(absl::string_view name, absl::string_view collection);
// "<collection>/<uuid>".
std::string FormatName(absl::string_view collection, const base::Uuid& id);

// The id in "<collection>/<slug>" (see Validation::SlugName), or nothing. Points into `name`.
std::optional<absl::string_view> ParseSlugName(absl::string_view name,
                                               absl::string_view collection);
std::string FormatSlugName(absl::string_view collection, absl::string_view slug);

// 1..63 of [a-z0-9-], first a letter, last not '-'.
bool IsSlug(absl::string_view text);

}  // namespace crm::rpc
