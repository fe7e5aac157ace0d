#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"
#include "common/listing/order.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// What lists of leads can be filtered and ordered by. Of indexes, 0001 and 0007 have the same
// expressions.
absl::Span<const listing::Field> LeadFields();
absl::Span<const listing::OrderOf<Lead>> LeadOrders();

}  // namespace crm::lead
