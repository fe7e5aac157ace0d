#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/base/uuid.h"
#include "common/event/entry_format.h"
#include "common/pg/transaction.h"
#include "common/stage/stage_effect.h"
#include "crm/event/v1/stage_event.pb.h"

// That a contact is erased goes over the streams of stage events, in order with the moves: the
// contact service says so, and each other service answers on its own stream once it has emptied
// what it kept of the contact. Neither holds personal data.
namespace crm::stage {

// The method of revisions that erasures leave, in every service.
inline constexpr absl::string_view kEraseMethod = "EraseContact";

// The contact service's word, or another service's answer to it.
struct ContactErasure {
  std::string service;  // that says it: "contact", "lead" or "opportunity"
  std::string tenant;
  base::Uuid contact;
  base::Uuid event_id;
  std::optional<base::Uuid> answers;  // of answers: the event id of what they answer
  std::string actor;
  std::string reason;  // a code
  absl::Time time;
  std::vector<std::pair<std::string, int64_t>> rows;  // how many of which table were emptied
};

// The event of it, and it again; nothing if the event is none of these, INVALID_ARGUMENT if it is a
// damaged one.
crm::event::v1::StageChanged ErasureEvent(const ContactErasure& erasure);
absl::StatusOr<std::optional<ContactErasure>> ErasureIn(const crm::event::v1::StageChanged& event);

// Defers the writing of its outbox row. The rows of what was erased must be locked.
absl::Status AddErasure(pg::Transaction& transaction, const ContactErasure& erasure);

// An event::EntryDecoder for those who follow the contact service's stream for its erasures alone:
// DecodeEntryOf their type, which is cheap.
absl::StatusOr<event::Event> DecodeErasure(const redis::StreamEntry& entry);

// Empties what this service keeps of the contact, in the transaction; gives how many rows of which
// table.
using EraseContact = std::function<absl::StatusOr<std::vector<std::pair<std::string, int64_t>>>(
    pg::Transaction& transaction, const ContactErasure& erasure, absl::Time now)>;

// What another service does with the contact service's erasures: erases and answers, in one
// transaction. `clock` and `ids` must outlive it.
StageEffect ErasureEffect(std::string service, EraseContact erase, const base::Clock& clock,
                          base::IdGenerator& ids);

}  // namespace crm::stage
