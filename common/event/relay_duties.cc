// What a relay does beside moving events: leading or watching, trimming, reporting.

#include <algorithm>

#include "common/base/status.h"
#include "common/event/relay.h"
#include "common/event/relay_clock.h"
#include "common/log/log.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

constexpr pg::Statement kTryLead = {
    "relay_try_lead",
    "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.relay', 0))"};

constexpr absl::Duration kLeadTry = absl::Milliseconds(200);
constexpr absl::Duration kWatch = absl::Milliseconds(500);
constexpr absl::Duration kActInstead = absl::Seconds(2);
constexpr absl::Duration kReport = absl::Seconds(1);

}  // namespace

absl::StatusOr<bool> Relay::MayAct() {
  const absl::Time now = SteadyNow();
  if (!leads_ && now >= next_lead_try_) {
    next_lead_try_ = now + kLeadTry;
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, database_->Query(kTryLead, pg::Params()));
    leads_ = rows[0].Bool(0);
    if (leads_) log::Info("this process relays the events", {{"stream", options_.stream}});
  }
  if (leads_ || now < act_until_) return true;
  if (now < next_watch_) return false;
  next_watch_ = now + kWatch;
  CRM_ASSIGN_OR_RETURN(const bool stuck, LeaderIsStuck());
  if (stuck) act_until_ = now + kActInstead;
  return stuck;
}

// True if the same oldest row waited, or the same tip stood behind the log, at the last watch too.
absl::StatusOr<bool> Relay::LeaderIsStuck() {
  CRM_ASSIGN_OR_RETURN(const Sequencer::Waiting waiting, sequencer_->Look());
  bool stuck = waiting.any && waiting.oldest_id == watched_id_;
  watched_id_ = waiting.oldest_id;
  Verify();  // a stream that cannot be asked tells nothing
  if (publisher_.state() == Publisher::State::kReady) {
    const int64_t tip = publisher_.tip().seq;
    stuck |= tip < waiting.last_sequence && tip == watched_tip_;
    watched_tip_ = tip;
  }
  return stuck;
}

void Relay::KeepHouse() {
  redis::Connection* connection = publisher_.connection();
  if (connection == nullptr || SteadyNow() < next_housekeeping_) return;
  next_housekeeping_ = SteadyNow() + options_.housekeeping;
  const absl::Time horizon = clock_->Now() - options_.retention;
  const int64_t tip = publisher_.tip().seq;
  if (const absl::Status status = keeper_.Trim(*connection, tip, horizon); !status.ok()) {
    PublishFailed(status);
    return;
  }
  const absl::StatusOr<int64_t> floor = sequencer_->DropOldLog(tip, horizon);
  if (!floor.ok()) LogFailure("cannot drop old partitions of the event log", floor.status());
}

void Relay::ReportBacklog() {
  if (SteadyNow() < next_report_) return;
  next_report_ = SteadyNow() + kReport;
  const absl::StatusOr<Sequencer::Backlog> backlog = sequencer_->MeasureBacklog();
  if (!backlog.ok()) return;
  const absl::Time now = clock_->Now();
  const auto age = [&](absl::Time since) {
    return std::max(0.0, absl::ToDoubleSeconds(now - since));
  };
  metrics_.unsequenced_rows.Set(static_cast<double>(backlog->rows));
  metrics_.oldest_unsequenced_seconds.Set(backlog->oldest ? age(*backlog->oldest) : 0);
  double lag = 0;
  if (publisher_.tip().seq < last_sequence_) {
    const auto next = sequencer_->ReadOne(publisher_.tip().seq + 1);
    if (next.ok() && next->has_value()) lag = age(absl::FromUnixMillis((*next)->milliseconds));
  }
  metrics_.publish_lag_seconds.Set(lag);
}

}  // namespace crm::event
