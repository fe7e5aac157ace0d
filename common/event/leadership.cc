#include "common/event/leadership.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/log/log.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::event {
namespace {

// set_partitions() knows these names too.
constexpr pg::Statement kTryLead = {
    "relay_try_lead",
    "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || $1::text, 0))"};

std::string LockOf(int partition) {
  return partition == 0 ? ".relay" : absl::StrCat(".relay.", partition);
}

constexpr absl::Duration kTry = absl::Milliseconds(200);
constexpr absl::Duration kWatch = absl::Milliseconds(500);
// Long enough that a follower which found the leader stuck does not stop before it looks again.
constexpr absl::Duration kActInstead = absl::Seconds(2);
static_assert(kTry <= kWatch && kWatch < kActInstead);

}  // namespace

Leadership::Leadership(std::string stream, int partition)
    : stream_(std::move(stream)), lock_(LockOf(partition)) {}

absl::StatusOr<bool> Leadership::MayAct(pg::Connection& database,
                                        const std::function<absl::StatusOr<Progress>()>& look) {
  const base::SteadyTime now = base::SteadyNow();
  if (!leads_ && now >= next_try_) {
    next_try_ = now + kTry;
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         database.Query(pg::Tenants::None(), kTryLead, pg::MakeParams(lock_)));
    pg::RowReader read(rows[0]);
    CRM_ASSIGN_OR_RETURN(leads_, read.Checked(read.Bool(0), "relay"));
    if (leads_) log::Info("this process relays the events", {{"stream", stream_}});
  }
  if (leads_ || now < act_until_) return true;
  if (now < next_watch_) return false;
  next_watch_ = now + kWatch;
  CRM_ASSIGN_OR_RETURN(const Progress progress, look());
  if (!IsStuck(progress)) return false;
  act_until_ = now + kActInstead;
  return true;
}

// True if the same oldest row waited, or the same tip stood behind the log, at the last look too.
bool Leadership::IsStuck(const Progress& progress) {
  const bool waits =
      progress.oldest_waiting.has_value() && progress.oldest_waiting == watched_.oldest_waiting;
  const bool lags = progress.tip.has_value() && *progress.tip < progress.last_sequence &&
                    progress.tip == watched_.tip;
  const std::optional<int64_t> known_tip = watched_.tip;
  watched_ = progress;
  if (!watched_.tip.has_value()) watched_.tip = known_tip;
  return waits || lags;
}

}  // namespace crm::event
