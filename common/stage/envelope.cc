#include "common/stage/envelope.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/redis/connection.h"
#include "common/stage/stage_json.h"

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
  SetTime(record.effective, *change.mutable_effective_time());
  SetTime(record.recorded, *change.mutable_recorded_time());
  if (record.time_in_previous.has_value()) {
    const int64_t micros = absl::ToInt64Microseconds(*record.time_in_previous);
    auto* duration = change.mutable_time_in_previous_stage();
    duration->set_seconds(micros / 1'000'000);
    duration->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
  }
  change.set_actor(record.actor);
  change.set_reason(record.reason);
  change.set_overridden(record.overridden);
  for (const std::string& gate : record.gates) change.add_overridden_gates(gate);
}

void SetFacts(const StageRecord& record, StageChanged& change) {
  change.set_contact(record.contact);
  change.set_lead(record.lead);
  change.set_opportunity(record.opportunity);
  change.set_account(record.account);
  change.set_owner(record.owner);
  if (record.amount_before) SetMoney(*record.amount_before, *change.mutable_amount_before());
  if (record.amount_after) SetMoney(*record.amount_after, *change.mutable_amount_after());
  if (record.win_amount) SetMoney(*record.win_amount, *change.mutable_win_amount());
  if (record.probability_before) change.set_probability_before(*record.probability_before);
  if (record.probability_after) change.set_probability_after(*record.probability_after);
  change.set_forecast_category_before(record.category_before);
  change.set_forecast_category_after(record.category_after);
  change.set_causation_id(record.causation_id);
  change.set_correlation_id(record.correlation_id);
  change.set_request_id(record.request_id);
  change.set_traceparent(record.traceparent);
}

// A text with its length before it, in two bytes.
void AppendText(absl::string_view value, std::string& out) {
  const char length[2] = {static_cast<char>(value.size() & 0xff),
                          static_cast<char>(value.size() >> 8)};
  out.append(length, 2);
  out.append(value.data(), value.size());
}

void AppendTime(const google::protobuf::Timestamp& value, std::string& out) {
  const size_t begin = out.size();
  out.append(2, '\0');
  AppendTimestamp(value, out);
  out[begin] = static_cast<char>(out.size() - begin - 2);
}

void AppendAttributes(const StageChanged& change, redis::StreamId id, int64_t epoch,
                      std::string& out) {
  const auto text = [&out](absl::string_view value) { AppendText(value, out); };
  const auto number = [&](int64_t value) { text(absl::AlphaNum(value).Piece()); };
  const crm::type::v1::Money* amount = change.has_amount_after() ? &change.amount_after()
                                       : change.has_win_amount() ? &change.win_amount()
                                                                 : nullptr;
  text(id.ToString());
  for (const std::string* value :
       {&change.event_id(), &change.source(), &change.type(), &change.subject()}) {
    text(*value);
  }
  AppendTime(change.effective_time(), out);
  AppendTime(change.recorded_time(), out);
  text(change.tenant());
  for (const int64_t value : {id.seq, epoch, change.version()}) number(value);
  for (const std::string* value :
       {&change.from_stage(), &change.to_stage(), &change.reason(), &change.actor(),
        &change.contact(), &change.lead(), &change.opportunity(), &change.account()}) {
    text(*value);
  }
  amount == nullptr ? text("") : number(amount->amount_minor());
  text(amount == nullptr ? absl::string_view() : amount->currency_code());
  change.has_probability_after() ? number(change.probability_after()) : text("");
  change.has_time_in_previous_stage() ? number(change.time_in_previous_stage().seconds())
                                      : text("");
  for (const std::string* value : {&change.causation_id(), &change.correlation_id(),
                                   &change.request_id(), &change.traceparent()}) {
    text(*value);
  }
}

absl::Status Foreign(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("not a stage event: ", why));
}

}  // namespace

std::string StreamKey(absl::string_view service, int partition) {
  return absl::StrCat("crm:stage-events:", service, ":", partition);
}

absl::StatusOr<StageChanged> ChangeOf(const StageRecord& record) {
  const Kind* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& k) { return k.name == record.kind; });
  if (kind == std::end(kKinds)) return error::Internal("stage record of unknown kind").ToStatus();
  StageChanged change;
  record.event_id.AppendTo(change.mutable_event_id());
  change.set_type(absl::StrCat("crm.", kind->service, ".", kind->name, ".stage_changed.v1"));
  change.set_source(absl::StrCat("/crm/", kind->service));
  change.set_subject(absl::StrCat(kind->collection, "/", record.id.ToString()));
  change.set_tenant(record.tenant);
  SetStages(record, change);
  SetFacts(record, change);
  return change;
}

void EntryWords::Clear() {
  bytes_.clear();
  count_ = 0;
}

void EntryWords::Add(const StageChanged& change, redis::StreamId id, int64_t epoch) {
  attributes_.clear();
  AppendAttributes(change, id, epoch, attributes_);
  data_.clear();
  AppendJson(change, data_);
  for (const std::string* word : {&attributes_, &data_}) redis::AppendWord(*word, bytes_);
  count_ += 2;
}

absl::StatusOr<StageEvent> EventOfEntry(const redis::StreamEntry& entry) {
  StageEvent event;
  int64_t sequence = 0;
  int64_t epoch = 0;
  if (!absl::SimpleAtoi(entry.fields.Field("seq").view(), &sequence) ||
      !absl::SimpleAtoi(entry.fields.Field("epoch").view(), &epoch)) {
    return Foreign("no seq or epoch");
  }
  if (sequence != entry.id.seq) return Foreign("seq differs from the id");
  CRM_ASSIGN_OR_RETURN(*event.mutable_change(), ParseJson(entry.fields.Field("data").view()));
  if (entry.fields.Field("id").view() != event.change().event_id()) {
    return Foreign("data of another event");
  }
  event.set_sequence(sequence);
  event.set_epoch(epoch);
  event.set_entry_id(entry.id.ToString());
  return event;
}

}  // namespace crm::stage
