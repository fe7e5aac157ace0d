#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/pg/transaction.h"
#include "common/stage/stage_record.h"

namespace crm::stage {

// Defers the writing of stage history and outbox rows of `records` to the next round trip of
// `transaction`: two statements however many records there are. The rows of the things that moved
// must already be locked or inserted in this transaction (the order of events rests on it), and
// records of one thing must stand in the order of their versions. After the commit, poke the relay.
// INTERNAL if an event would exceed 48 KiB or its kind is unknown.
absl::Status RecordStages(pg::Transaction& transaction, absl::Span<const StageRecord> records);

}  // namespace crm::stage
