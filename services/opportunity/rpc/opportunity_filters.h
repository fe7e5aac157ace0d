#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"
#include "common/listing/order.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// What opportunities can be listed by. Columns that every move changes (stage, forecast category,
// times) have no index, or no move would stay within its page (HOT): these fields filter what the
// order, or another field's index, gives. The others have one.
absl::Span<const listing::Field> OpportunityFields();

// What they can be ordered by; create_time is the list's own order. The times that moves and edits
// change have no index either: those orders sort.
absl::Span<const listing::OrderOf<Opportunity>> OpportunityOrders();

}  // namespace crm::opportunity
