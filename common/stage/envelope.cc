#include "common/stage/envelope.h"

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/stage/stage_event.h"
#include "common/stage/stage_json.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;
using crm::event::v1::StageEvent;

// All fields but the constant ones and `data`.
void AddAttributes(const StageChanged& change, int64_t sequence, int64_t epoch,
                   event::EntryValues& values) {
  const crm::type::v1::Money* amount = change.has_amount_after() ? &change.amount_after()
                                       : change.has_win_amount() ? &change.win_amount()
                                                                 : nullptr;
  for (const std::string* value :
       {&change.event_id(), &change.source(), &change.type(), &change.subject()}) {
    values.Text(*value);
  }
  values.Append([&change](std::string& out) { AppendTimestamp(change.effective_time(), out); });
  values.Text(change.tenant());
  for (const int64_t value : {sequence, epoch, change.version()}) values.Number(value);
  values.Text(change.from_stage());
  values.Text(change.to_stage());
  amount == nullptr ? values.Text("") : values.Number(amount->amount_minor());
  values.Text(amount == nullptr ? absl::string_view() : amount->currency_code());
}

absl::Status Foreign(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("not a stage event: ", why));
}

}  // namespace

absl::Status StageEntryRenderer::Render(const event::LogRow& row, event::EntryValues& values) {
  if (!change_.ParseFromString(row.payload)) {
    return error::DataDamaged(absl::StrCat("stage event ", row.sequence));
  }
  AddAttributes(change_, row.sequence, row.epoch, values);
  values.Append([this](std::string& out) { AppendJson(change_, out); });
  return absl::OkStatus();
}

absl::StatusOr<StageEvent> StageEventOf(const redis::StreamEntry& entry) {
  StageEvent event;
  int64_t sequence = 0;
  int64_t epoch = 0;
  if (!absl::SimpleAtoi(entry.fields.Field("seq").view(), &sequence) ||
      !absl::SimpleAtoi(entry.fields.Field(event::kEpochField).view(), &epoch)) {
    return Foreign("no seq or epoch");
  }
  if (sequence != entry.id.seq) return Foreign("seq differs from the id");
  CRM_ASSIGN_OR_RETURN(*event.mutable_change(), ParseJson(entry.fields.Field("data").view()));
  if (entry.fields.Field(event::kIdField).view() != event.change().event_id()) {
    return Foreign("data of another event");
  }
  event.set_sequence(sequence);
  event.set_epoch(epoch);
  event.set_entry_id(entry.id.ToString());
  return event;
}

absl::StatusOr<event::Event> DecodeEntry(const redis::StreamEntry& entry) {
  CRM_ASSIGN_OR_RETURN(const StageEvent event, StageEventOf(entry));
  return ToEvent(event);
}

absl::StatusOr<event::Event> DecodeEntryOf(absl::Span<const absl::string_view> types,
                                           const redis::StreamEntry& entry) {
  if (absl::c_linear_search(types, entry.fields.Field("type").view())) return DecodeEntry(entry);
  event::Event other;
  other.sequence = entry.id.seq;
  other.entry = entry.id;
  other.id = std::string(entry.fields.Field(event::kIdField).view());
  if (other.id.empty()) return Foreign("no id");
  return other;
}

bool HasPayload(const event::Event& event) { return !event.payload.empty(); }

}  // namespace crm::stage
