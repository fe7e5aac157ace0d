#include "common/stage/reconcile.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;

constexpr char kMarkerType[] = ".stream.reconciled.v1";

absl::StatusOr<event::EventRecord> RecordOf(const redis::StreamEntry& entry) {
  CRM_ASSIGN_OR_RETURN(const auto event, StageEventOf(entry));
  const StageChanged& change = event.change();
  const absl::string_view subject = change.subject();
  const auto event_id = base::Uuid::Parse(change.event_id());
  const auto aggregate = base::Uuid::Parse(subject.substr(subject.rfind('/') + 1));
  return event::EventRecord{event_id.value_or(base::Uuid()), change.tenant(),
                            aggregate.value_or(base::Uuid()), change.version(),
                            change.SerializeAsString()};
}

event::EventRecord Marker(absl::string_view service, int partition, absl::string_view actor,
                          const event::Reconciliation& done, absl::Time now, const base::Uuid& id) {
  StageChanged marker;
  id.AppendTo(marker.mutable_event_id());
  marker.set_type(absl::StrCat("crm.", service, kMarkerType));
  marker.set_source(absl::StrCat("/crm/", service));
  marker.set_subject(StreamKey(service, partition));
  marker.set_version(done.epoch);
  marker.set_from_stage(absl::StrCat(done.first_orphan));
  marker.set_to_stage(absl::StrCat(done.last_orphan));
  marker.set_actor(std::string(actor));
  marker.set_reason("RECONCILED");
  for (auto* time : {marker.mutable_effective_time(), marker.mutable_recorded_time()}) {
    time->set_seconds(absl::ToUnixSeconds(now));
  }
  return {id, "", base::Uuid(), done.epoch, marker.SerializeAsString()};
}

}  // namespace

absl::StatusOr<event::Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                                absl::string_view service, int partition,
                                                absl::string_view actor, const base::Clock& clock,
                                                base::IdGenerator& ids) {
  event::ReconcileOptions options;
  options.stream = StreamKey(service, partition);
  options.partition = partition;
  options.record_of = RecordOf;
  options.marker = [&](const event::Reconciliation& done, absl::Time now) {
    return Marker(service, partition, actor, done, now, ids.New());
  };
  return event::Reconcile(database, redis, options, clock);
}

std::optional<OrphanRange> OrphansNamedBy(const StageChanged& change) {
  OrphanRange range;
  if (!absl::EndsWith(change.type(), kMarkerType) ||
      !absl::SimpleAtoi(change.from_stage(), &range.first) ||
      !absl::SimpleAtoi(change.to_stage(), &range.last) || range.first > range.last) {
    return std::nullopt;
  }
  return range;
}

}  // namespace crm::stage
