#include "services/lead/sales/sales_effect.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/enum_names.h"
#include "common/base/status.h"
#include "common/rpc/proto_values.h"
#include "common/stage/reconcile.h"

namespace crm::lead {
namespace {

using event::v1::StageChanged;
using event::v1::StageEvent;

absl::StatusOr<SaleState> SaleStateOf(const std::string& type) {
  const auto state = base::ValueOf(kSaleStateNames, type);
  if (state) return *state;
  return absl::InvalidArgumentError(absl::StrCat("unknown type of stage \"", type, "\""));
}

// Whether it closes, reopens or corrects; the first move opens.
bool Turns(const StageChanged& event) {
  if (event.corrects_version() > 0) return true;
  const bool was_closed = !event.from_stage_type().empty() && event.from_stage_type() != "OPEN";
  return was_closed || event.to_stage_type() != "OPEN";
}

// Of the stream that a marker is of, "crm:stage-events:opportunity:0".
absl::StatusOr<int64_t> PartitionOf(absl::string_view stream) {
  int64_t partition = 0;
  const size_t colon = stream.rfind(':');
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(stream.substr(colon + 1), &partition)) {
    return absl::InvalidArgumentError("a marker names no stream");
  }
  return partition;
}

}  // namespace

absl::StatusOr<std::optional<ToldSale>> SaleIn(const StageEvent& event) {
  const StageChanged& change = event.change();
  if (change.type() != kSaleEvents[0] || change.lead().empty() || !Turns(change)) {
    return std::optional<ToldSale>();
  }
  absl::string_view name = change.subject();
  const bool named = absl::ConsumePrefix(&name, "opportunities/");
  const auto opportunity = base::Uuid::Parse(name);
  if (!named || !opportunity || change.tenant().empty() || change.version() < 1) {
    return absl::InvalidArgumentError("the event lacks a name, its tenant or version");
  }
  ToldSale sale;
  sale.tenant = change.tenant();
  sale.opportunity = *opportunity;
  sale.sequence = event.sequence();
  sale.change.version = change.version();
  sale.change.effective_time = rpc::TimeFrom(change.effective_time());
  sale.change.record_time = rpc::TimeFrom(change.recorded_time());
  const bool corrects = change.corrects_version() > 0;
  if (corrects) sale.change.corrects = change.corrects_version();
  CRM_ASSIGN_OR_RETURN(sale.change.state, SaleStateOf(corrects ? change.corrected_stage_type()
                                                               : change.to_stage_type()));
  return std::optional(std::move(sale));
}

absl::Status FollowSales(pg::Transaction& transaction, absl::Span<const StageEvent> events) {
  std::vector<ToldSale> sales;
  for (const StageEvent& event : events) {
    // What it names came before it in the log.
    if (const auto orphans = stage::OrphansNamedBy(event.change())) {
      CRM_RETURN_IF_ERROR(KeepSales(transaction, sales));
      sales.clear();
      CRM_ASSIGN_OR_RETURN(const int64_t partition, PartitionOf(event.change().subject()));
      CRM_RETURN_IF_ERROR(ForgetSales(transaction, orphans->first, orphans->last, partition));
      continue;
    }
    CRM_ASSIGN_OR_RETURN(std::optional<ToldSale> sale, SaleIn(event));
    if (sale) sales.push_back(*std::move(sale));
  }
  return KeepSales(transaction, sales);
}

}  // namespace crm::lead
