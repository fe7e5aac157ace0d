#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "common/pg/transaction.h"
#include "services/lead/domain/sale.h"

namespace crm::lead {

// A change of one opportunity, as it was told.
struct ToldSale {
  std::string tenant;
  base::Uuid opportunity;
  int64_t sequence = 0;  // in the log of the opportunity service
  SaleChange change;
};

// Keeps what was told: one statement however much it is. What is known already changes nothing; of
// two that tell the same version, that with the higher sequence stands.
absl::Status KeepSales(pg::Transaction& transaction, absl::Span<const ToldSale> sales);

// The name under which the service keeps how far it has followed the opportunity service's events.
inline constexpr char kSalesConsumer[] = "lead.sales";

// Forgets what the events from `first` to `last` of a partition of the log told.
absl::Status ForgetSales(pg::Transaction& transaction, int64_t first, int64_t last,
                         int64_t partition);

}  // namespace crm::lead
