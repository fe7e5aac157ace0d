#include "common/event/dead_letters.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::event {
namespace {

constexpr pg::Statement kList = {"dead_letter_list", R"sql(
SELECT consumer, stream, seq, event_id, reason, attempts, create_time FROM dead_letter
WHERE consumer = $1::text AND replay_time IS NULL ORDER BY stream, seq LIMIT $2::bigint)sql"};

constexpr pg::Statement kLockLetter = {"dead_letter_lock", R"sql(
SELECT event_id, payload FROM dead_letter
WHERE consumer = $1::text AND stream = $2::text AND seq = $3::bigint AND replay_time IS NULL
FOR UPDATE)sql"};

constexpr pg::Statement kListMissing = {"dead_letter_list_missing", R"sql(
SELECT seq FROM dead_letter
WHERE consumer = $1::text AND stream = $2::text AND seq > $3::bigint AND replay_time IS NULL
  AND starts_with(reason, 'NOT_FOUND') ORDER BY seq LIMIT $4::bigint)sql"};

constexpr pg::Statement kMark = {"dead_letter_mark", R"sql(
UPDATE dead_letter SET replay_time = now()
WHERE consumer = $1::text AND stream = $2::text AND seq = $3::bigint)sql"};

std::string NameOf(int64_t sequence) { return absl::StrCat("dead letter ", sequence); }

}  // namespace

absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(pg::Pool& pool, const std::string& consumer,
                                                        int limit, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool.Read(pg::Tenants::None(), kList,
                                                      pg::MakeParams(consumer, limit), deadline));
  std::vector<DeadLetter> letters;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    letters.push_back({read.Text(0), read.Text(1), read.Int(2), read.Text(3), read.Text(4),
                       static_cast<int>(read.Int(5)), read.Time(6)});
    if (!read.ok()) return read.Damage(NameOf(letters.back().sequence));
  }
  return letters;
}

absl::Status ReplayDeadLetter(pg::Pool& pool, const std::string& consumer,
                              const std::string& stream, int64_t sequence, const Effect& effect,
                              base::Deadline deadline) {
  return pg::RunInTransaction(pool, pg::Tenants::All(), deadline,
                              [&](pg::Transaction& transaction) -> absl::Status {
                                return ReplayIn(transaction, consumer, stream, sequence, effect);
                              });
}

absl::Status ReplayIn(pg::Transaction& transaction, const std::string& consumer,
                      const std::string& stream, int64_t sequence, const Effect& effect) {
  const pg::Params key = pg::MakeParams(consumer, stream, sequence);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLockLetter, key));
  if (rows.empty()) {
    return absl::NotFoundError(absl::StrCat("no dead letter ", sequence, " of ", stream));
  }
  pg::RowReader read(rows[0]);
  const Event event{sequence, {}, read.Text(0), read.Bytes(1)};
  if (!read.ok()) return read.Damage(NameOf(sequence));
  CRM_RETURN_IF_ERROR(effect(transaction, absl::MakeConstSpan(&event, 1)));
  return transaction.Defer(kMark, key);
}

absl::StatusOr<std::vector<int64_t>> ListMissing(pg::Connection& connection,
                                                 const std::string& consumer,
                                                 const std::string& stream, int64_t after,
                                                 int limit) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       connection.Query(pg::Tenants::None(), kListMissing,
                                        pg::MakeParams(consumer, stream, after, limit)));
  std::vector<int64_t> sequences;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    sequences.push_back(read.Int(0));
    if (!read.ok()) return read.Damage("dead_letter");
  }
  return sequences;
}

}  // namespace crm::event
