#include "services/lead/store/sale_store.h"

#include <map>
#include <tuple>

#include "common/base/enum_names.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "services/lead/store/report_statements.h"

namespace crm::lead {

absl::Status KeepSales(pg::Transaction& transaction, absl::Span<const ToldSale> sales) {
  if (sales.empty()) return absl::OkStatus();
  // A statement writes each row once.
  std::map<std::tuple<std::string, base::Uuid, int64_t>, const ToldSale*> newest;
  for (const ToldSale& it : sales) {
    const ToldSale*& kept = newest[{it.tenant, it.opportunity, it.change.version}];
    if (kept == nullptr || kept->sequence < it.sequence) kept = &it;
  }
  pg::Columns rows;
  for (const auto& [key, it] : newest) {
    const SaleChange& change = it->change;
    rows.Add(it->tenant, it->opportunity, change.version, it->sequence,
             base::NameOf(kSaleStateNames, change.state), change.effective_time, change.record_time,
             change.corrects);
  }
  return transaction.Defer(kKeepSales, rows);
}

absl::Status ForgetSales(pg::Transaction& transaction, int64_t first, int64_t last,
                         int64_t partition) {
  return transaction.Defer(kForgetSales, pg::MakeParams(first, last, partition, kSalesConsumer));
}

}  // namespace crm::lead
