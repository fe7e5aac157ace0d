#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/stage/stage_effect.h"
#include "crm/event/v1/stage_event.pb.h"
#include "services/lead/store/sale_store.h"

namespace crm::lead {

// The types of events that tell of sales: moves, and that the opportunity service's database was
// restored to an earlier point, so that some moves never happened.
inline constexpr absl::string_view kSaleEvents[] = {"crm.opportunity.opportunity.stage_changed.v1",
                                                    "crm.opportunity.stream.reconciled.v1"};

// What a stage event of the opportunity service says of the sale that a lead became; nothing if it
// is of another type, of an opportunity without a lead, or neither closes nor reopens nor corrects.
// INVALID_ARGUMENT if it lacks what every such event has: names, version, a known type of stage.
absl::StatusOr<std::optional<ToldSale>> SaleIn(const event::v1::StageEvent& event);

// A stage::StageEffect: keeps what the stage events of opportunities tell of sales, and forgets
// what a restored opportunity service no longer knows. Few statements for a batch. Events that are
// known already change nothing, so it may be given any of them again. INVALID_ARGUMENT, with
// nothing done, if one is damaged. Thread-safe.
absl::Status FollowSales(pg::Transaction& transaction,
                         absl::Span<const event::v1::StageEvent> events);

}  // namespace crm::lead
