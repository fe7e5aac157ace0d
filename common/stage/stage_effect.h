#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/event/effect.h"
#include "common/pg/transaction.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// An event::Effect of stage events.
using StageEffect = std::function<absl::Status(
    pg::Transaction& transaction, absl::Span<const crm::event::v1::StageEvent> events)>;

// For consumers whose payloads are serialized StageEvents. DATA_LOSS, with nothing done, if one of
// the events is damaged.
event::Effect EffectOf(StageEffect effect);

}  // namespace crm::stage
