#include "common/event/consumer_state.h"

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::event {
namespace {

constexpr pg::Statement kState = {"consumer_state", R"sql(
SELECT last_seq, (SELECT count(*) FROM (SELECT FROM dead_letter
  WHERE consumer = $1::text AND stream = $2::text AND replay_time IS NULL LIMIT 10000) AS waiting)
FROM consumer_inbox WHERE consumer = $1::text AND stream = $2::text)sql"};

}  // namespace

absl::StatusOr<std::optional<ConsumerState>> ReadConsumerState(pg::Pool& pool,
                                                               const std::string& consumer,
                                                               const std::string& stream,
                                                               base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool.Read(pg::Tenants::None(), kState,
                                                      pg::MakeParams(consumer, stream), deadline));
  if (rows.empty()) return std::nullopt;
  pg::RowReader read(rows[0]);
  return read.Checked(std::optional(ConsumerState{read.Int(0), read.Int(1)}), "consumer_inbox");
}

}  // namespace crm::event
