#include "common/event/relay.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"

namespace crm::event {
namespace {

// How much is moved at a time. Pages are whole calls to Redis; those that are read while Redis
// works are smaller, so that it has enough to do meanwhile. A turn publishes at least what it
// sequences, or the stream would fall behind the log forever.
constexpr int kCallRows = static_cast<int>(Publisher::kMaxBatchRows);
constexpr int kSequenceLimit = 5 * kCallRows;
constexpr int kReadLimit = 3 * kCallRows;
constexpr int kCallsPerTurn = 10;
static_assert(kReadLimit <= kSequenceLimit && kSequenceLimit <= kCallsPerTurn * kCallRows);

constexpr size_t kMaxPendingPages = 20;    // in memory; what is beyond is read again
constexpr int64_t kTablesAhead = 500'000;  // sequences; far more than a turn takes
static_assert(kTablesAhead > int64_t{100} * kSequenceLimit);

constexpr absl::Duration kFollowerPause = absl::Milliseconds(100);
constexpr absl::Duration kDatabasePause = absl::Milliseconds(200);
constexpr absl::Duration kDivergedPause = absl::Seconds(1);
constexpr absl::Duration kLookInterval = absl::Seconds(1);
constexpr absl::Duration kLastTurns = absl::Seconds(2);
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
constexpr absl::Duration kLongestBackoff = absl::Seconds(5);

void LogFailure(absl::string_view what, const std::string& stream, const absl::Status& status) {
  log::Warning(
      what,
      {{"stream", stream}, {"error", status.ToString()}, {"detail", error::PrivateTextOf(status)}});
}

}  // namespace

Relay::Relay(RelayOptions options, std::unique_ptr<EntryRenderer> renderer,
             metrics::Registry* registry, const base::Clock* clock, base::RandomSource random)
    : options_(std::move(options)),
      clock_(clock),
      metrics_(*registry, options_.partition),
      backlog_report_(&metrics_, clock),
      freshness_(registry, clock),
      keeper_(options_.stream, options_.partition, registry),
      leadership_(options_.stream, options_.partition),
      publisher_(options_.redis, options_.stream, std::move(renderer)),
      backoff_(kFirstBackoff, kLongestBackoff, std::move(random)) {}

Relay::~Relay() { Stop(); }

void Relay::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Relay::Stop() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Relay::Run() {
  absl::Duration poll = options_.min_poll;
  while (!waker_.stopping()) {
    const base::SteadyTime began = base::SteadyNow();
    switch (TakeTurn()) {
      case Turn::kBusy:
        poll = options_.min_poll;
        if (!HasBacklog()) waker_.Rest(began + options_.pace);
        break;
      case Turn::kIdle:
        waker_.Wait(leadership_.leads() ? poll : kFollowerPause);
        poll = std::min(poll + options_.min_poll / 10, options_.max_poll);
        break;
      case Turn::kFailed:
        waker_.Wait(kDatabasePause);
        break;
    }
  }
  FinishUp();
  CloseDatabase();
  Withdraw();
}

void Relay::FinishUp() {
  if (!leadership_.leads()) return;
  const auto end = base::Deadline::After(kLastTurns);
  sequencer_->set_deadline(end);
  while (TakeTurn() == Turn::kBusy && !end.Passed()) {
  }
}

Relay::Turn Relay::TakeTurn() {
  const absl::StatusOr<bool> worked = Act();
  if (worked.ok()) return *worked ? Turn::kBusy : Turn::kIdle;
  LogFailure("the relay cannot use the database", options_.stream, worked.status());
  CloseDatabase();
  return Turn::kFailed;
}

absl::StatusOr<bool> Relay::Act() {
  CRM_RETURN_IF_ERROR(OpenDatabase());
  CRM_ASSIGN_OR_RETURN(const bool may_act,
                       leadership_.MayAct(*database_, [this] { return Look(); }));
  if (!may_act) {
    Withdraw();
    return false;
  }
  absl::StatusOr<bool> worked = MoveEvents();
  if (worked.ok()) Housekeep();
  if (!database_->broken()) {
    backlog_report_.ShowIfDue(*sequencer_, publisher_.tip().seq, last_sequence_);
  }
  return worked;
}

absl::StatusOr<bool> Relay::MoveEvents() {
  CRM_ASSIGN_OR_RETURN(const bool sequenced, Sequence());
  CRM_ASSIGN_OR_RETURN(const bool published, Publish());
  return sequenced || published;
}

absl::Status Relay::OpenDatabase() {
  if (database_ != nullptr && !database_->broken()) return absl::OkStatus();
  CloseDatabase();
  absl::StatusOr<std::unique_ptr<pg::Connection>> opened = pg::Connection::Open(options_.database);
  if (!opened.ok()) {
    Withdraw();  // another relay may have the lead by now
    return opened.status();
  }
  database_ = *std::move(opened);
  CRM_RETURN_IF_ERROR(Sequencer::PrepareSession(*database_));
  sequencer_ = std::make_unique<Sequencer>(database_.get(), options_.partition);
  next_verify_ = base::SteadyTime::InfinitePast();
  log_end_ = 0;
  outbox_waits_ = false;
  return absl::OkStatus();
}

// The log may come back as another one, so the stream is to be verified again.
void Relay::CloseDatabase() {
  publisher_.Disconnect();
  pending_.Clear();
  sequencer_.reset();
  database_.reset();
  leadership_.Lose();
}

absl::StatusOr<Leadership::Progress> Relay::Look() {
  CRM_ASSIGN_OR_RETURN(const Sequencer::Waiting waiting, sequencer_->Look());
  Verify();
  Leadership::Progress progress{waiting.oldest_id, waiting.last_sequence, std::nullopt};
  if (publisher_.state() == Publisher::State::kReady) progress.tip = publisher_.tip().seq;
  return progress;
}

absl::StatusOr<bool> Relay::Sequence() {
  if (!outbox_waits_) {
    CRM_ASSIGN_OR_RETURN(const Sequencer::Waiting waiting, sequencer_->Look());
    last_sequence_ = waiting.last_sequence;
    if (!waiting.oldest_id.has_value()) return false;
  }
  outbox_waits_ = false;
  if (last_sequence_ + kTablesAhead >= log_end_) {
    CRM_ASSIGN_OR_RETURN(log_end_, sequencer_->ExtendLog(last_sequence_ + kTablesAhead));
  }
  CRM_ASSIGN_OR_RETURN(std::vector<LogRow> rows, sequencer_->Sequence(kSequenceLimit));
  if (rows.empty()) return false;
  outbox_waits_ = rows.size() == static_cast<size_t>(kSequenceLimit);
  last_sequence_ = rows.back().sequence;
  const int64_t expected =
      1 + (pending_.empty() ? publisher_.sent_sequence() : pending_.last_sequence());
  if (publisher_.state() == Publisher::State::kReady && pending_.pages() < kMaxPendingPages &&
      rows.front().sequence == expected) {
    pending_.Add(std::move(rows));
  }
  return true;
}

absl::StatusOr<bool> Relay::Publish() {
  if (publisher_.state() != Publisher::State::kReady) {
    if (base::SteadyNow() >= next_verify_) Verify();
    if (publisher_.state() != Publisher::State::kReady) return false;
  }
  bool worked = false;
  const absl::Status status = PublishPending(&worked);
  if (status.ok() && !worked && base::SteadyNow() >= next_look_) {
    Verify();  // without appends nobody would notice that the stream lost its end
    next_look_ = base::SteadyNow() + kLookInterval;
  }
  if (publisher_.state() == Publisher::State::kReady) freshness_.Reached(publisher_.tip().seq);
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
  absl::Status status = SendPending(worked);
  if (pending_.reading()) {  // what else is done in a turn needs the connection
    const absl::Status read = pending_.AddAhead();
    if (!read.ok() && (status.ok() || database_->broken())) status = read;
  }
  CRM_RETURN_IF_ERROR(status);
  while (!HasMore() && publisher_.in_flight() > 0) CRM_RETURN_IF_ERROR(publisher_.Receive());
  backoff_.Reset();
  metrics_.damaged_sequence.Set(0);
  return absl::OkStatus();
}

absl::Status Relay::SendPending(bool* worked) {
  for (int call = 0; call < kCallsPerTurn; ++call) {
    if (const absl::Status filled = FillPending(); !filled.ok()) {
      (void)publisher_.Decide();  // the rows before are good
      return filled;
    }
    if (pending_.empty()) break;
    CRM_ASSIGN_OR_RETURN(const int sent, publisher_.Send(pending_.front()));
    freshness_.Sent(pending_.front().first(static_cast<size_t>(sent)));
    metrics_.published.Increment(sent);
    *worked = true;
    pending_.RemoveFirst(static_cast<size_t>(sent));
  }
  // With more to do, Redis appends while the next rows are fetched.
  return HasMore() ? publisher_.Decide() : absl::OkStatus();
}

// What is sent next; and while that is rendered and sent, the page behind it is read.
absl::Status Relay::FillPending() {
  if (pending_.empty() && pending_.reading()) CRM_RETURN_IF_ERROR(pending_.AddAhead());
  if (pending_.empty() && publisher_.sent_sequence() < last_sequence_) {
    CRM_RETURN_IF_ERROR(publisher_.Decide());  // Redis appends meanwhile
    CRM_ASSIGN_OR_RETURN(std::vector<LogRow> rows,
                         sequencer_->ReadAfter(publisher_.sent_sequence(), kReadLimit));
    pending_.Add(std::move(rows));
  }
  if (pending_.pages() == 1 && !pending_.reading() && pending_.last_sequence() < last_sequence_) {
    pending_.ReadAhead(*sequencer_, kReadLimit);
  }
  return absl::OkStatus();
}

void Relay::Verify() {
  pending_.Clear();
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
    next_verify_ = base::SteadyNow() + kDivergedPause;
  } else if (!status.ok()) {
    PublishFailed(status);
  }
}

void Relay::PublishFailed(const absl::Status& status) {
  pending_.Clear();
  publisher_.Disconnect();
  next_verify_ = base::SteadyTime::InfinitePast();
  if (status.code() == absl::StatusCode::kAborted) return;  // another relay was faster
  if (status.code() == absl::StatusCode::kDataLoss) {
    metrics_.damaged_sequence.Set(static_cast<double>(publisher_.sent_sequence() + 1));
  }
  if (backoff_.fresh()) LogFailure("cannot publish events", options_.stream, status);
  next_verify_ = base::SteadyNow() + backoff_.Next();
}

void Relay::Housekeep() {
  redis::Connection* connection = publisher_.connection();
  if (connection == nullptr || base::SteadyNow() < next_trim_) return;
  next_trim_ = base::SteadyNow() + options_.trim_interval;
  const absl::Time horizon = clock_->Now() - options_.retention;
  const int64_t tip = publisher_.tip().seq;
  if (const absl::Status status = keeper_.Trim(*connection, tip, horizon); !status.ok()) {
    PublishFailed(status);
    return;
  }
  const absl::StatusOr<int64_t> floor = sequencer_->DropOldLog(tip, horizon);
  if (!floor.ok()) {
    LogFailure("cannot drop old tables of the log", options_.stream, floor.status());
  }
}

void Relay::Withdraw() {
  metrics_.Withdraw();
  keeper_.Withdraw();
}

}  // namespace crm::event
