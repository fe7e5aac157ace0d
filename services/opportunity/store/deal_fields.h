#pragma once

#include "common/aggregate/fields.h"
#include "common/pg/rows.h"
#include "services/opportunity/domain/report_deal.h"

namespace crm::opportunity {

// The fields that reports go by, by their names in field history.
aggregate::Fields<DealFacts> DealFieldTable();

// A row of statements::kReportDeals: the present version. DATA_LOSS DATA_DAMAGED.
absl::StatusOr<Deal> ReadDeal(const pg::Row& row);

}  // namespace crm::opportunity
