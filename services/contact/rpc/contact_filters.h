#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"

namespace crm::contact {

// What contacts can be listed by.
absl::Span<const listing::Field> ContactFields();

// What accounts can be listed by.
absl::Span<const listing::Field> AccountFields();

}  // namespace crm::contact
