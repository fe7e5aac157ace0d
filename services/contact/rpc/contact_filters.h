#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"

namespace crm::contact {

// What contacts can be listed by. E-mail address, domain and external id are those that a live
// contact holds, so they find no deleted one.
absl::Span<const listing::Field> ContactFields();

// What accounts can be listed by.
absl::Span<const listing::Field> AccountFields();

}  // namespace crm::contact
