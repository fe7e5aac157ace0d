#pragma once

#include "absl/strings/string_view.h"
#include "common/base/tenant_key.h"
#include "common/stage/stage_record.h"

namespace crm::stage {

// What the record of a move takes from the services' stage changes, whatever moved: who, when, by
// which request. The request is the cause. Stages and facts are the caller's to add.
template <class Change>
StageRecord MoveRecord(absl::string_view kind, const base::TenantKey& thing, const Change& change) {
  StageRecord record;
  record.tenant = thing.tenant;
  record.kind = std::string(kind);
  record.id = thing.id;
  record.version = change.version;
  record.event_id = change.event_id;
  record.effective = change.effective_time;
  record.recorded = change.record_time;
  record.actor = change.actor;
  record.owner = change.owner;
  record.causation_id = change.request_id;
  record.request_id = change.request_id;
  record.traceparent = change.traceparent;
  return record;
}

}  // namespace crm::stage
