#include "common/event/consumer_inbox.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/base/steady_clock.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"

namespace crm::event {
namespace {

constexpr pg::Statement kTryLock = {"inbox_try_lock", R"sql(
SELECT pg_try_advisory_lock(
  hashtextextended(current_schema() || '.consumer.' || $1::text || '.' || $2::text, 0)))sql"};

constexpr pg::Statement kCreate = {"inbox_create", R"sql(
INSERT INTO consumer_inbox (consumer, stream) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING)sql"};

constexpr pg::Statement kSelect = {"inbox_select", R"sql(
SELECT last_seq, last_entry_id FROM consumer_inbox
WHERE consumer = $1::text AND stream = $2::text)sql"};

constexpr pg::Statement kLockCursor = {"inbox_lock", R"sql(
SELECT last_seq FROM consumer_inbox
WHERE consumer = $1::text AND stream = $2::text FOR UPDATE)sql"};

constexpr pg::Statement kAdvance = {"inbox_advance", R"sql(
UPDATE consumer_inbox SET last_seq = $3::bigint, last_entry_id = $4::text, update_time = now()
WHERE consumer = $1::text AND stream = $2::text)sql"};

constexpr pg::Statement kInsertDeadLetter = {"inbox_insert_dead_letter", R"sql(
INSERT INTO dead_letter (consumer, stream, seq, event_id, reason, attempts, payload)
VALUES ($1::text, $2::text, $3::bigint, $4::text, $5::text, $6::integer, $7::bytea)
ON CONFLICT DO NOTHING)sql"};

constexpr pg::Statement kCountDeadLetters = {"inbox_count_dead_letters", R"sql(
SELECT count(*) FROM (SELECT FROM dead_letter
  WHERE consumer = $1::text AND stream = $2::text AND replay_time IS NULL LIMIT 10000) AS waiting)sql"};

// For a whole transaction; each round trip of it is bounded by the connection's options too.
constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

ConsumerInbox::ConsumerInbox(pg::Connection* connection, std::string consumer, std::string stream)
    : connection_(connection), consumer_(std::move(consumer)), stream_(std::move(stream)) {}

absl::StatusOr<bool> ConsumerInbox::TryBecomeActive() {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, connection_->Query(pg::Tenants::None(), kTryLock,
                                                               pg::MakeParams(consumer_, stream_)));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Bool(0), "consumer_inbox");
}

absl::StatusOr<ConsumerInbox::Position> ConsumerInbox::Load() {
  const pg::Params key = pg::MakeParams(consumer_, stream_);
  CRM_ASSIGN_OR_RETURN(pg::Rows rows, connection_->Query(pg::Tenants::None(), kSelect, key));
  if (rows.empty()) {
    CRM_RETURN_IF_ERROR(connection_->Query(pg::Tenants::None(), kCreate, key));
    CRM_ASSIGN_OR_RETURN(rows, connection_->Query(pg::Tenants::None(), kSelect, key));
  }
  pg::RowReader read(rows[0]);
  return read.Checked(Position{read.Int(0), read.Parsed(1, redis::StreamId::Parse)},
                      "consumer_inbox");
}

absl::StatusOr<int64_t> ConsumerInbox::Lock(pg::Transaction& transaction) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kLockCursor, pg::MakeParams(consumer_, stream_)));
  if (rows.empty()) return absl::AbortedError("the consumer has no position");
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0), "consumer_inbox");
}

absl::Status ConsumerInbox::Advance(pg::Transaction& transaction, const Position& to) {
  return transaction.Defer(kAdvance,
                           pg::MakeParams(consumer_, stream_, to.sequence, to.entry.ToString()));
}

absl::Status ConsumerInbox::Apply(absl::Span<const Event> events, const Effect& effect,
                                  int64_t from) {
  pg::Transaction transaction(*connection_, pg::Tenants::All(), base::Deadline::After(kPatience));
  CRM_ASSIGN_OR_RETURN(const int64_t position, Lock(transaction));
  if (position < from) return absl::AbortedError("the consumer's position is another one");
  const auto first = std::find_if(events.begin(), events.end(),
                                  [&](const Event& event) { return event.sequence > position; });
  if (first == events.end()) return absl::OkStatus();
  const auto fresh = events.subspan(static_cast<size_t>(first - events.begin()));
  CRM_RETURN_IF_ERROR(effect(transaction, fresh));
  CRM_RETURN_IF_ERROR(Advance(transaction, {fresh.back().sequence, fresh.back().entry}));
  return transaction.Commit();
}

absl::StatusOr<int64_t> ConsumerInbox::CountDeadLetters() {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       connection_->Query(pg::Tenants::None(), kCountDeadLetters,
                                          pg::MakeParams(consumer_, stream_)));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0), "dead_letter");
}

absl::Status ConsumerInbox::MoveToDeadLetters(const Event& event, const std::string& reason,
                                              int attempts) {
  pg::Transaction transaction(*connection_, pg::Tenants::All(), base::Deadline::After(kPatience));
  CRM_ASSIGN_OR_RETURN(const int64_t position, Lock(transaction));
  if (position >= event.sequence) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(WriteLetter(transaction, event, reason, attempts));
  CRM_RETURN_IF_ERROR(Advance(transaction, {event.sequence, event.entry}));
  return transaction.Commit();
}

absl::Status ConsumerInbox::WriteLetter(pg::Transaction& transaction, const Event& event,
                                        const std::string& reason, int attempts) {
  return transaction.Defer(kInsertDeadLetter,
                           pg::MakeParams(consumer_, stream_, event.sequence, event.id, reason,
                                          attempts, pg::Bytes{event.payload}));
}

absl::Status ConsumerInbox::AddDeadLetter(int64_t expected, const Event& event,
                                          const std::string& reason, int attempts) {
  return Rewrite(expected, Position{expected, {}}, [&](pg::Transaction& transaction) {
    return WriteLetter(transaction, event, reason, attempts);
  });
}

absl::Status ConsumerInbox::Rewrite(int64_t expected, const Position& to,
                                    const std::function<absl::Status(pg::Transaction&)>& work) {
  pg::Transaction transaction(*connection_, pg::Tenants::All(), base::Deadline::After(kPatience));
  CRM_ASSIGN_OR_RETURN(const int64_t position, Lock(transaction));
  if (position != expected) return absl::AbortedError("the consumer's position is another one");
  CRM_RETURN_IF_ERROR(work(transaction));
  if (to.sequence > position) CRM_RETURN_IF_ERROR(Advance(transaction, to));
  return transaction.Commit();
}

}  // namespace crm::event
