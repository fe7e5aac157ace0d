#include "common/stage/erasure_event.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/event/outbox.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;
using crm::event::v1::StageEvent;

constexpr char kSuffix[] = ".contact.erased.v1";
constexpr char kByContact[] = "crm.contact.contact.erased.v1";
constexpr char kContacts[] = "contacts/";

void SetMicros(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t micros = absl::ToUnixMicros(time);  // of a present time: not negative
  out.set_seconds(micros / 1'000'000);
  out.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

absl::Status Damaged() {
  return absl::InvalidArgumentError("an erasure lacks a name, id or count");
}

absl::Status ReadRows(const StageChanged& event, ContactErasure& erasure) {
  for (const std::string& row : event.erased()) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(row, '=');
    int64_t count = 0;
    if (parts.first.empty() || !absl::SimpleAtoi(parts.second, &count)) return Damaged();
    erasure.rows.emplace_back(parts.first, count);
  }
  return absl::OkStatus();
}

}  // namespace

StageChanged ErasureEvent(const ContactErasure& erasure) {
  StageChanged event;
  const std::string contact = absl::StrCat(kContacts, erasure.contact.ToString());
  event.set_event_id(erasure.event_id.ToString());
  event.set_type(absl::StrCat("crm.", erasure.service, kSuffix));
  event.set_source(absl::StrCat("/crm/", erasure.service));
  event.set_subject(contact);
  event.set_tenant(erasure.tenant);
  SetMicros(erasure.time, *event.mutable_effective_time());
  SetMicros(erasure.time, *event.mutable_recorded_time());
  event.set_actor(erasure.actor);
  event.set_reason(erasure.reason);
  event.set_contact(contact);
  event.set_kind("ERASED");
  event.set_correlation_id(contact);
  if (erasure.answers) event.set_causation_id(erasure.answers->ToString());
  for (const auto& [table, rows] : erasure.rows) event.add_erased(absl::StrCat(table, "=", rows));
  return event;
}

absl::StatusOr<std::optional<ContactErasure>> ErasureIn(const StageChanged& event) {
  absl::string_view service = event.type();
  if (!absl::ConsumePrefix(&service, "crm.") || !absl::ConsumeSuffix(&service, kSuffix)) {
    return std::optional<ContactErasure>();
  }
  ContactErasure erasure;
  absl::string_view name = event.contact();
  if (!absl::ConsumePrefix(&name, kContacts)) return Damaged();
  const auto contact = base::Uuid::Parse(name);
  const auto id = base::Uuid::Parse(event.event_id());
  if (!contact || !id || event.tenant().empty()) return Damaged();
  erasure.service = std::string(service);
  erasure.tenant = event.tenant();
  erasure.contact = *contact;
  erasure.event_id = *id;
  erasure.answers = base::Uuid::Parse(event.causation_id());
  erasure.actor = event.actor();
  erasure.reason = event.reason();
  erasure.time = absl::FromUnixSeconds(event.recorded_time().seconds()) +
                 absl::Nanoseconds(event.recorded_time().nanos());
  CRM_RETURN_IF_ERROR(ReadRows(event, erasure));
  return std::optional(std::move(erasure));
}

absl::Status AddErasure(pg::Transaction& transaction, const ContactErasure& erasure) {
  const event::EventRecord record{erasure.event_id, erasure.tenant, erasure.contact, 0,
                                  ErasureEvent(erasure).SerializeAsString()};
  return event::AddToOutbox(transaction, absl::MakeConstSpan(&record, 1));
}

absl::StatusOr<event::Event> DecodeErasure(const redis::StreamEntry& entry) {
  return DecodeEntryOf({kByContact}, entry);
}

StageEffect ErasureEffect(std::string service, EraseContact erase, const base::Clock& clock,
                          base::IdGenerator& ids) {
  return [service = std::move(service), erase = std::move(erase), &clock, &ids](
             pg::Transaction& transaction, absl::Span<const StageEvent> events) -> absl::Status {
    for (const StageEvent& event : events) {
      if (event.change().type() != kByContact) continue;
      CRM_ASSIGN_OR_RETURN(const auto ordered, ErasureIn(event.change()));
      if (!ordered.has_value()) continue;
      ContactErasure answer = *ordered;
      answer.service = service;
      answer.event_id = ids.New();
      answer.answers = ordered->event_id;
      answer.time = clock.Now();
      CRM_ASSIGN_OR_RETURN(answer.rows, erase(transaction, *ordered, answer.time));
      CRM_RETURN_IF_ERROR(AddErasure(transaction, answer));
    }
    return absl::OkStatus();
  };
}

}  // namespace crm::stage
