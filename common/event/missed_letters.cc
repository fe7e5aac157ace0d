#include "common/event/missed_letters.h"

#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/event/dead_letters.h"
#include "common/log/log.h"
#include "common/pg/transaction.h"

namespace crm::event {
namespace {

constexpr int kAtATime = 20;
constexpr absl::Duration kForOne = absl::Seconds(10);

}  // namespace

MissedLetters::MissedLetters(std::string consumer, std::string stream, absl::Duration interval)
    : consumer_(std::move(consumer)),
      stream_(std::move(stream)),
      interval_(interval),
      next_(base::SteadyNow() + interval) {}

absl::StatusOr<int> MissedLetters::TryIfDue(pg::Connection& connection, const Effect& effect) {
  if (base::SteadyNow() < next_) return 0;
  next_ = base::SteadyNow() + interval_;
  CRM_ASSIGN_OR_RETURN(const std::vector<int64_t> sequences,
                       ListMissing(connection, consumer_, stream_, last_tried_, kAtATime));
  last_tried_ = sequences.size() < kAtATime ? kBeforeAll : sequences.back();
  int replayed = 0;
  for (const int64_t sequence : sequences) {
    CRM_ASSIGN_OR_RETURN(const bool done, Try(connection, sequence, effect));
    replayed += done ? 1 : 0;
  }
  return replayed;
}

absl::StatusOr<bool> MissedLetters::Try(pg::Connection& connection, int64_t sequence,
                                        const Effect& effect) {
  pg::Transaction transaction(connection, pg::Tenants::All(), base::Deadline::After(kForOne));
  absl::Status status = ReplayIn(transaction, consumer_, stream_, sequence, effect);
  if (status.ok()) status = transaction.Commit();
  if (status.ok()) {
    log::Info("an event took effect after all, since what it speaks of has appeared",
              {{"consumer", consumer_}, {"stream", stream_}, {"sequence", sequence}});
    return true;
  }
  if (FaultOf(status) == Fault::kCircumstances) return status;
  return false;
}

}  // namespace crm::event
