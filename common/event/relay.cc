#include "common/event/relay.h"

#include <utility>

#include "common/base/status.h"
#include "common/event/relay_clock.h"
#include "common/log/log.h"

namespace crm::event {
namespace {

constexpr int kSequenceLimit = 1000;
constexpr int kReadLimit = 600;  // so few that Redis has enough to do meanwhile
constexpr int kBatchesPerTurn = 10;
constexpr int kMaxInFlight = 6;
constexpr size_t kMaxPendingPages = 20;
constexpr int64_t kPartitionsAhead = 500'000;

constexpr absl::Duration kFollowerPause = absl::Milliseconds(100);
constexpr absl::Duration kDatabasePause = absl::Milliseconds(200);
constexpr absl::Duration kDivergedPause = absl::Seconds(1);
constexpr absl::Duration kLook = absl::Seconds(1);
constexpr absl::Duration kLastTurns = absl::Seconds(2);
constexpr absl::Duration kMinBackoff = absl::Milliseconds(50);
constexpr absl::Duration kMaxBackoff = absl::Seconds(5);

}  // namespace

Relay::Relay(RelayOptions options, std::unique_ptr<EntryRenderer> renderer,
             metrics::Registry* registry, const base::Clock* clock, base::RandomSource random)
    : options_(std::move(options)),
      clock_(clock),
      random_(std::move(random)),
      metrics_(*registry),
      keeper_(options_.stream, registry),
      publisher_(options_.redis, options_.stream, std::move(renderer)),
      backoff_(kMinBackoff) {}

Relay::~Relay() { Stop(); }

void Relay::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Relay::Poke() {
  if (poked_.exchange(true, std::memory_order_acq_rel)) return;
  absl::MutexLock lock(&mutex_);
  wake_.Signal();
}

void Relay::Stop() {
  stopping_ = true;
  {
    absl::MutexLock lock(&mutex_);
    wake_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void Relay::Wait(absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  absl::MutexLock lock(&mutex_);
  while (!poked_.load(std::memory_order_acquire) && !stopping()) {
    if (wake_.WaitWithDeadline(&mutex_, end)) break;
  }
  poked_.store(false, std::memory_order_release);
}

// Unlike Wait, is not ended by a poke.
void Relay::Rest(absl::Time until) {
  absl::MutexLock lock(&mutex_);
  while (!stopping() && !wake_.WaitWithDeadline(&mutex_, until)) {
  }
}

bool Relay::HasBacklog() const {
  return outbox_waits_ || !pending_.empty() || publisher_.tip().seq < last_sequence_;
}

void Relay::Run() {
  absl::Duration poll = options_.min_poll;
  while (!stopping()) {
    const absl::Time began = absl::Now();
    switch (TakeTurn()) {
      case Turn::kBusy:
        poll = options_.min_poll;
        if (!HasBacklog()) Rest(began + options_.pace);
        break;
      case Turn::kIdle:
        Wait(leads_ ? poll : kFollowerPause);
        poll = std::min(poll + options_.min_poll / 10, options_.max_poll);
        break;
      case Turn::kFailed:
        Wait(kDatabasePause);
        break;
    }
  }
  const absl::Time end = SteadyNow() + kLastTurns;
  while (TakeTurn() == Turn::kBusy && SteadyNow() < end) {
  }
  publisher_.Disconnect();
  sequencer_.reset();
  database_.reset();
}

Relay::Turn Relay::TakeTurn() {
  absl::Status status = OpenDatabase();
  bool worked = false;
  if (status.ok()) {
    const absl::StatusOr<bool> may_act = MayAct();
    status = may_act.status();
    if (status.ok() && !*may_act) return Turn::kIdle;
  }
  for (auto step : {&Relay::Sequence, &Relay::Publish}) {
    if (!status.ok()) break;
    const absl::StatusOr<bool> moved = (this->*step)();
    status = moved.status();
    worked |= moved.value_or(false);
    if (!status.ok() && !database_->broken()) ReportBacklog();
  }
  if (status.ok()) {
    KeepHouse();
    ReportBacklog();
    return worked ? Turn::kBusy : Turn::kIdle;
  }
  LogFailure("the event relay cannot use the database", status);
  publisher_.Disconnect();  // the log may come back as another one: verify again
  pending_.clear();
  sequencer_.reset();
  database_.reset();
  leads_ = false;
  return Turn::kFailed;
}

absl::Status Relay::OpenDatabase() {
  if (database_ != nullptr && !database_->broken()) return absl::OkStatus();
  publisher_.Disconnect();
  pending_.clear();
  leads_ = false;
  CRM_ASSIGN_OR_RETURN(database_, pg::Connection::Open(options_.database));
  CRM_RETURN_IF_ERROR(Sequencer::PrepareSession(*database_));
  sequencer_ = std::make_unique<Sequencer>(database_.get());
  next_verify_ = absl::InfinitePast();
  log_end_ = 0;
  outbox_waits_ = false;
  return absl::OkStatus();
}

absl::StatusOr<bool> Relay::Sequence() {
  if (!outbox_waits_) {
    CRM_ASSIGN_OR_RETURN(const Sequencer::Waiting waiting, sequencer_->Look());
    last_sequence_ = waiting.last_sequence;
    if (!waiting.any) return false;
  }
  outbox_waits_ = false;
  if (last_sequence_ + kPartitionsAhead >= log_end_) {
    CRM_ASSIGN_OR_RETURN(log_end_, sequencer_->ExtendLog(last_sequence_ + kPartitionsAhead));
  }
  CRM_ASSIGN_OR_RETURN(std::vector<LogRow> rows, sequencer_->Sequence(kSequenceLimit));
  if (rows.empty()) return false;
  outbox_waits_ = rows.size() == static_cast<size_t>(kSequenceLimit);
  last_sequence_ = rows.back().sequence;
  const int64_t expected =
      pending_.empty() ? publisher_.sent_sequence() + 1 : pending_.back().back().sequence + 1;
  if (publisher_.state() == Publisher::State::kReady && pending_.size() < kMaxPendingPages &&
      rows.front().sequence == expected) {
    if (pending_.empty()) pending_begin_ = 0;
    pending_.push_back(std::move(rows));
  }
  return true;
}

absl::StatusOr<bool> Relay::Publish() {
  if (publisher_.state() != Publisher::State::kReady) {
    if (SteadyNow() >= next_verify_) Verify();
    if (publisher_.state() != Publisher::State::kReady) return false;
  }
  bool worked = false;
  const absl::Status status = PublishPending(&worked);
  if (status.ok() && !worked && SteadyNow() >= next_look_) {
    Verify();  // without appends nobody would notice that the stream lost its end
    next_look_ = SteadyNow() + kLook;
  }
  if (status.ok()) {
    metrics_.tip_sequence.Set(static_cast<double>(publisher_.tip().seq));
    metrics_.last_sequence.Set(static_cast<double>(last_sequence_));
    return worked;
  }
  if (database_->broken()) return status;
  PublishFailed(status);
  return worked;
}

absl::Status Relay::PublishPending(bool* worked) {
  for (int batch = 0; batch < kBatchesPerTurn; ++batch) {
    CRM_RETURN_IF_ERROR(FillPending());
    if (pending_.empty()) break;
    if (publisher_.in_flight() == kMaxInFlight) CRM_RETURN_IF_ERROR(publisher_.Receive());
    const auto rows = absl::MakeConstSpan(pending_.front()).subspan(pending_begin_);
    CRM_ASSIGN_OR_RETURN(const int sent, publisher_.Send(rows));
    metrics_.published.Increment(sent);
    *worked = true;
    pending_begin_ += static_cast<size_t>(sent);
    if (pending_begin_ == pending_.front().size()) {
      pending_.pop_front();
      pending_begin_ = 0;
    }
  }
  // With more to do, Redis appends while the next rows are fetched.
  const bool more = outbox_waits_ || publisher_.sent_sequence() < last_sequence_;
  while (publisher_.in_flight() > (more ? kMaxInFlight : 0)) {
    CRM_RETURN_IF_ERROR(publisher_.Receive());
  }
  backoff_ = kMinBackoff;
  return absl::OkStatus();
}

absl::Status Relay::FillPending() {
  if (!pending_.empty() || publisher_.sent_sequence() >= last_sequence_) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(std::vector<LogRow> rows,
                       sequencer_->ReadAfter(publisher_.sent_sequence(), kReadLimit));
  if (!rows.empty()) pending_.push_back(std::move(rows));
  pending_begin_ = 0;
  return absl::OkStatus();
}

void Relay::Verify() {
  pending_.clear();
  const bool had_diverged = publisher_.state() == Publisher::State::kDiverged;
  const int64_t rewinds = publisher_.rewinds();
  const absl::Status status = publisher_.Verify(*sequencer_);
  const bool diverged = publisher_.state() == Publisher::State::kDiverged;
  metrics_.diverged.Set(diverged ? 1 : 0);
  metrics_.rewinds.Increment(static_cast<double>(publisher_.rewinds() - rewinds));
  if (diverged && !had_diverged) {
    log::Error(
        "the stream has diverged from the log; publishing stops until an operator reconciles",
        {{"stream", options_.stream}, {"where", status.message()}});
  } else if (!diverged && had_diverged) {
    log::Info("the stream agrees with the log again", {{"stream", options_.stream}});
  }
  if (diverged) {
    next_verify_ = SteadyNow() + kDivergedPause;
  } else if (!status.ok()) {
    PublishFailed(status);
  }
}

void Relay::PublishFailed(const absl::Status& status) {
  pending_.clear();
  publisher_.Disconnect();
  next_verify_ = absl::InfinitePast();
  if (status.code() == absl::StatusCode::kAborted) return;  // another relay was faster
  next_verify_ = SteadyNow() + backoff_ * (0.5 + base::UnitInterval(random_()));
  if (backoff_ == kMinBackoff) LogFailure("cannot publish events", status);
  backoff_ = std::min(backoff_ * 2, kMaxBackoff);
}

}  // namespace crm::event
