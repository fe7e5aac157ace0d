#include "common/stage/stage_event.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/stage/record_change.h"
#include "common/trace/span.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;
using crm::event::v1::StageEvent;

struct Kind {
  absl::string_view name;
  absl::string_view service;
  absl::string_view collection;
};

constexpr Kind kKinds[] = {
    {"contact", "contact", "contacts"},
    {"account", "contact", "accounts"},
    {"lead", "lead", "leads"},
    {"opportunity", "opportunity", "opportunities"},
};

absl::StatusOr<const Kind*> KindNamed(absl::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return error::Internal("event of a thing of unknown kind").ToStatus();
}

// What every event of a thing says. `event` is the third word of its type.
template <class Record>
void SetHead(const Record& record, const Kind& kind, absl::string_view event,
             StageChanged& change) {
  record.event_id.AppendTo(change.mutable_event_id());
  change.set_type(absl::StrCat("crm.", kind.service, ".", kind.name, ".", event, ".v1"));
  change.set_source(absl::StrCat("/crm/", kind.service));
  change.set_subject(absl::StrCat(kind.collection, "/", record.id.ToString()));
  change.set_tenant(record.tenant);
  change.set_actor(record.actor);
  change.set_contact(record.contact);
  change.set_lead(record.lead);
  change.set_opportunity(record.opportunity);
  change.set_causation_id(record.causation_id);
  change.set_correlation_id(record.correlation_id);
  change.set_request_id(record.request_id);
}

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>(rest * 1000));
}

void SetMoney(const base::Money& money, crm::type::v1::Money& out) {
  out.set_currency_code(money.currency);
  out.set_amount_minor(money.minor);
}

void SetStages(const StageRecord& record, StageChanged& change) {
  change.set_version(record.version);
  change.set_from_stage(record.from_stage);
  change.set_from_stage_type(record.from_type);
  change.set_to_stage(record.to_stage);
  change.set_to_stage_type(record.to_type);
  change.set_from_pipeline(record.from_pipeline);
  change.set_to_pipeline(record.to_pipeline);
  change.set_from_stage_key(record.from_stage_key);
  change.set_to_stage_key(record.to_stage_key);
  change.set_from_stage_name(record.from_name);
  change.set_to_stage_name(record.to_name);
  change.set_kind(record.change_kind);
  SetTime(record.effective, *change.mutable_effective_time());
  SetTime(record.recorded, *change.mutable_recorded_time());
  if (record.time_in_previous.has_value()) {
    const int64_t micros = absl::ToInt64Microseconds(*record.time_in_previous);
    auto* duration = change.mutable_time_in_previous_stage();
    duration->set_seconds(micros / 1'000'000);
    duration->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
  }
  change.set_reason(record.reason);
  change.set_overridden(record.overridden);
  for (const std::string& gate : record.gates) change.add_overridden_gates(gate);
  for (const std::string& gate : record.met_gates) change.add_met_gates(gate);
}

void SetFacts(const StageRecord& record, StageChanged& change) {
  change.set_account(record.account);
  change.set_merged_into(record.merged_into);
  change.set_owner(record.owner);
  if (record.amount_before) SetMoney(*record.amount_before, *change.mutable_amount_before());
  if (record.amount_after) SetMoney(*record.amount_after, *change.mutable_amount_after());
  if (record.win_amount) SetMoney(*record.win_amount, *change.mutable_win_amount());
  if (record.probability_before) change.set_probability_before(*record.probability_before);
  if (record.probability_after) change.set_probability_after(*record.probability_after);
  change.set_forecast_category_before(record.category_before);
  change.set_forecast_category_after(record.category_after);
  if (record.close_date_before) {
    change.set_expected_close_date_before(absl::FormatCivilTime(*record.close_date_before));
  }
  if (record.close_date_after) {
    change.set_expected_close_date_after(absl::FormatCivilTime(*record.close_date_after));
  }
  change.set_traceparent(record.traceparent);
}

void SetCorrection(const StageCorrection& correction, StageChanged& change) {
  change.set_corrects_version(correction.version);
  change.set_corrected_stage(correction.stage);
  change.set_corrected_stage_type(correction.type);
  change.set_corrected_stage_key(correction.stage_key);
  change.set_corrected_stage_name(correction.stage_name);
  if (correction.probability) change.set_corrected_probability(*correction.probability);
  change.set_corrected_forecast_category(correction.category);
  SetTime(correction.superseded_effective, *change.mutable_superseded_effective_time());
  SetTime(correction.enter_time_before, *change.mutable_stage_enter_time_before());
  SetTime(correction.enter_time, *change.mutable_stage_enter_time());
}

}  // namespace

std::string StreamKeys(absl::string_view service) {
  return absl::StrCat("crm:stage-events:", service, ":");
}

std::string StreamKey(absl::string_view service, int partition) {
  return absl::StrCat(StreamKeys(service), partition);
}

absl::StatusOr<std::string> SubjectOf(absl::string_view kind, const base::Uuid& id) {
  CRM_ASSIGN_OR_RETURN(const Kind* const known, KindNamed(kind));
  return absl::StrCat(known->collection, "/", id.ToString());
}

absl::StatusOr<StageChanged> ChangeOf(const StageRecord& record) {
  CRM_ASSIGN_OR_RETURN(const Kind* kind, KindNamed(record.kind));
  StageChanged change;
  SetHead(record, *kind, "stage_changed", change);
  SetStages(record, change);
  SetFacts(record, change);
  if (record.correction) SetCorrection(*record.correction, change);
  return change;
}

absl::StatusOr<StageChanged> ChangeOf(const RecordChange& record) {
  CRM_ASSIGN_OR_RETURN(const Kind* kind, KindNamed(record.kind));
  StageChanged change;
  SetHead(record, *kind, "record_changed", change);
  SetTime(record.recorded, *change.mutable_effective_time());
  SetTime(record.recorded, *change.mutable_recorded_time());
  change.set_kind("CHANGED");
  TellBeside(record, change);
  return change;
}

void TellBeside(const RecordChange& record, StageChanged& move) {
  move.set_revision(record.revision);
  move.set_method(record.method);
  for (const FieldChange& field : record.fields) {
    crm::event::v1::FieldChange& added = *move.add_changes();
    added.set_field(field.field);
    added.set_before(field.before);
    added.set_after(field.after);
  }
}

absl::StatusOr<StageEvent> StageEventOf(const event::LogRow& row) {
  StageEvent event;
  if (!event.mutable_change()->ParseFromString(row.payload)) {
    return error::DataDamaged(absl::StrCat("stage event ", row.sequence));
  }
  event.set_sequence(row.sequence);
  event.set_epoch(row.epoch);
  event.set_entry_id(row.entry_id().ToString());
  return event;
}

event::Event ToEvent(const StageEvent& event) {
  event::Event made{event.sequence(),
                    redis::StreamId::Parse(event.entry_id()).value_or(redis::StreamId()),
                    event.change().event_id(), event.SerializeAsString()};
  if (trace::Enabled()) made.trace = event.change().traceparent();
  return made;
}

}  // namespace crm::stage
