#include "common/event/dead_letters.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

constexpr pg::Statement kList = {"dead_letter_list", R"sql(
SELECT consumer, stream, seq, event_id, reason, attempts, create_time FROM dead_letter
WHERE consumer = $1::text AND replay_time IS NULL ORDER BY stream, seq LIMIT $2::bigint)sql"};

constexpr pg::Statement kLock = {"dead_letter_lock", R"sql(
SELECT event_id, payload FROM dead_letter
WHERE consumer = $1::text AND stream = $2::text AND seq = $3::bigint AND replay_time IS NULL
FOR UPDATE)sql"};

constexpr pg::Statement kMark = {"dead_letter_mark", R"sql(
UPDATE dead_letter SET replay_time = now()
WHERE consumer = $1::text AND stream = $2::text AND seq = $3::bigint)sql"};

}  // namespace

absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(pg::Pool& pool, const std::string& consumer,
                                                        int limit, absl::Time deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(kList, pg::MakeParams(consumer, limit), deadline));
  std::vector<DeadLetter> letters;
  for (const pg::Row row : rows) {
    letters.push_back({row.Text(0), row.Text(1), row.Int(2), row.Text(3), row.Text(4),
                       static_cast<int>(row.Int(5)), row.Time(6)});
  }
  return letters;
}

absl::Status ReplayDeadLetter(pg::Pool& pool, const std::string& consumer,
                              const std::string& stream, int64_t sequence, const Effect& effect,
                              absl::Time deadline) {
  const pg::Params key = pg::MakeParams(consumer, stream, sequence);
  return pg::RunInTransaction(pool, deadline, [&](pg::Transaction& transaction) -> absl::Status {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLock, key));
    if (rows.empty()) {
      return absl::NotFoundError(absl::StrCat("no dead letter ", sequence, " of ", stream));
    }
    const Event event{sequence, {}, rows[0].Text(0), rows[0].Bytes(1)};
    CRM_RETURN_IF_ERROR(effect(transaction, absl::MakeConstSpan(&event, 1)));
    return transaction.Defer(kMark, key);
  });
}

}  // namespace crm::event
