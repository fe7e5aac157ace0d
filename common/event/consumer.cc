#include "common/event/consumer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/event/rebuild.h"
#include "common/log/log.h"
#include "common/pg/error_map.h"
#include "common/trace/causes.h"

namespace crm::event {
namespace {

constexpr absl::Duration kStandby = absl::Milliseconds(200);
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(20);
constexpr absl::Duration kNoteEvery = absl::Seconds(1);
constexpr int kPageSize = 500;            // of those who pass most of it over
constexpr int kMaxAttemptsOfAnyKind = 4;  // times max_attempts, with changing errors

}  // namespace

Consumer::Consumer(ConsumerOptions options, EntryDecoder decode, EventSource* source, Effect effect,
                   metrics::Registry* registry, base::RandomSource random)
    : options_(std::move(options)),
      effect_(std::move(effect)),
      page_size_(options_.concerns == nullptr ? options_.batch_size : kPageSize),
      reader_({options_.name, options_.stream, options_.redis, page_size_, options_.block},
              std::move(decode), source),
      missed_letters_(options_.name, options_.stream, options_.missed_letters),
      metrics_(*registry, options_.name, options_.stream, *options_.clock),
      backoff_(kFirstBackoff, options_.max_backoff, std::move(random)) {}

Consumer::~Consumer() { Stop(); }

void Consumer::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Consumer::Stop() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Consumer::Run() {
  while (!waker_.stopping()) {
    const absl::Status status = TakeTurn();
    if (status.ok()) {
      backoff_.Reset();
      continue;
    }
    if (backoff_.fresh()) {
      log::Warning(
          "a consumer has to try again",
          {{"consumer", options_.name}, {"stream", options_.stream}, {"error", FaultText(status)}});
    }
    waker_.Wait(backoff_.Next());
  }
  metrics_.Withdraw();
  reader_.Disconnect();
  inbox_.reset();
  database_.reset();
}

absl::Status Consumer::TakeTurn() {
  CRM_RETURN_IF_ERROR(OpenDatabase());
  if (!active_) {
    CRM_ASSIGN_OR_RETURN(active_, inbox_->TryBecomeActive());
    if (!active_) {
      metrics_.Withdraw();
      waker_.Wait(kStandby);
      return absl::OkStatus();
    }
    CRM_RETURN_IF_ERROR(LoadPosition());
  }
  CRM_RETURN_IF_ERROR(metrics_.ShowIfDue(reader_.redis(), *inbox_, position_));
  CRM_RETURN_IF_ERROR(RetryMissedLetters());
  CRM_RETURN_IF_ERROR(WriteDownIfDue());
  const absl::StatusOr<StreamReader::Page> read = reader_.Read(position_);
  metrics_.diverged.Set(absl::IsFailedPrecondition(read.status()) ? 1 : 0);
  CRM_RETURN_IF_ERROR(read.status());
  const StreamReader::Page& page = *read;
  if (page.events.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(Pass(page.gone, page.events.front()));
  metrics_.filled.Increment(static_cast<double>(page.from_source));
  const absl::Status status = ApplyPage(page.events);
  // Whatever went wrong, the row holds the true position.
  if (!status.ok() && !database_->broken()) CRM_RETURN_IF_ERROR(LoadPosition());
  if (status.ok() && page.events.size() < static_cast<size_t>(page_size_)) {
    waker_.Wait(options_.pace);
  }
  return status;
}

absl::Status Consumer::LoadPosition() {
  CRM_ASSIGN_OR_RETURN(position_, inbox_->Load());
  written_ = position_;
  metrics_.position.Set(static_cast<double>(position_.sequence));
  return absl::OkStatus();
}

// What was passed over may be read once more after a crash; it need not be written down at once.
absl::Status Consumer::WriteDownIfDue() {
  const base::SteadyTime now = base::SteadyNow();
  if (position_.sequence == written_.sequence || now < next_note_) return absl::OkStatus();
  next_note_ = now + kNoteEvery;
  const absl::Status status = inbox_->Rewrite(written_.sequence, position_,
                                              [](pg::Transaction&) { return absl::OkStatus(); });
  if (status.ok()) {
    written_ = position_;
  } else if (!database_->broken()) {
    CRM_RETURN_IF_ERROR(LoadPosition());
  }
  return status;
}

absl::Status Consumer::OpenDatabase() {
  if (database_ != nullptr && !database_->broken()) return absl::OkStatus();
  active_ = false;
  inbox_.reset();
  absl::StatusOr<std::unique_ptr<pg::Connection>> opened = pg::Connection::Open(options_.database);
  if (!opened.ok()) {
    metrics_.Withdraw();  // another consumer may be the active one by now
    return opened.status();
  }
  database_ = *std::move(opened);
  inbox_ = std::make_unique<ConsumerInbox>(database_.get(), options_.name, options_.stream);
  return absl::OkStatus();
}

absl::Status Consumer::RetryMissedLetters() {
  CRM_ASSIGN_OR_RETURN(const int replayed, missed_letters_.TryIfDue(*database_, effect_));
  if (replayed == 0) return absl::OkStatus();
  metrics_.applied.Increment(replayed);
  metrics_.CountSoon();
  if (options_.committed) options_.committed();
  return absl::OkStatus();
}

// `gone` events are lost to this consumer; `next` is the first that is not.
absl::Status Consumer::Pass(int64_t gone, const Event& next) {
  metrics_.aged_out.Set(static_cast<double>(gone));
  if (gone == 0) return absl::OkStatus();
  if (options_.aged_out == AgedOut::kRebuild) return Rebuild(gone, next);
  if (options_.aged_out == AgedOut::kStop) {
    const absl::Status stopped = absl::FailedPreconditionError(absl::StrCat(
        "events ", position_.sequence + 1, " to ", position_.sequence + gone,
        " are gone from the publisher's log; they can only be skipped, or rebuilt from history"));
    CRM_RETURN_IF_ERROR(LoadPosition());  // an operator may move it behind them
    return stopped;
  }
  log::Error("a consumer skips events that are gone from the publisher's log",
             {{"consumer", options_.name},
              {"stream", options_.stream},
              {"after", position_.sequence},
              {"events", gone}});
  metrics_.skipped.Increment(static_cast<double>(gone));
  return absl::OkStatus();
}

absl::Status Consumer::Rebuild(int64_t gone, const Event& next) {
  log::Warning("events are gone from the publisher's log: a consumer reads its whole history",
               {{"consumer", options_.name},
                {"stream", options_.stream},
                {"after", position_.sequence},
                {"events", gone}});
  const ConsumerInbox::Position behind = {next.sequence - 1, {next.entry.ms, next.entry.seq - 1}};
  const absl::StatusOr<Rebuilt> rebuilt = RebuildFromHistory(
      *inbox_,
      {*options_.history, effect_, written_, behind.sequence, options_.batch_size,
       options_.max_attempts, [this] { return waker_.stopping(); }},
      behind);
  if (!rebuilt.ok()) {
    if (!database_->broken()) CRM_RETURN_IF_ERROR(LoadPosition());
    return rebuilt.status();
  }
  log::Info("a consumer has read the publisher's whole history",
            {{"consumer", options_.name},
             {"stream", options_.stream},
             {"moves", rebuilt->moves},
             {"dead_letters", rebuilt->dead_letters}});
  metrics_.rebuilt.Increment(static_cast<double>(rebuilt->moves));
  metrics_.dead_letters.Increment(static_cast<double>(rebuilt->dead_letters));
  metrics_.aged_out.Set(0);
  metrics_.CountSoon();
  position_ = written_ = behind;
  if (options_.committed) options_.committed();
  return absl::OkStatus();
}

// In pieces of a batch's size; those in which nothing concerns the consumer are passed over.
absl::Status Consumer::ApplyPage(absl::Span<const Event> events) {
  while (!events.empty()) {
    size_t size = 0;
    int concern = 0;
    while (size < events.size() && concern < options_.batch_size) {
      const Event& event = events[size++];
      concern += options_.concerns == nullptr || options_.concerns(event) ? 1 : 0;
    }
    if (concern > 0) {
      CRM_RETURN_IF_ERROR(Apply(events.first(size)));
    } else {
      MoveTo(events[size - 1]);
    }
    events.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::Status Consumer::Apply(absl::Span<const Event> events) {
  if (waker_.stopping()) return absl::CancelledError("stopping");
  absl::Status status = ApplyTogether(events);
  if (status.ok()) {
    Applied(events);
    return status;
  }
  if (FaultOf(status) == Fault::kCircumstances) return status;
  if (events.size() == 1) return Blame(events.front(), std::move(status));
  const size_t half = events.size() / 2;
  CRM_RETURN_IF_ERROR(Apply(events.first(half)));
  return Apply(events.subspan(half));
}

absl::Status Consumer::ApplyTogether(absl::Span<const Event> events) {
  trace::Causes causes;
  for (const Event& event : events) causes.Add(event.trace);
  trace::Span span = causes.Begin(absl::StrCat("apply ", options_.stream), trace::Kind::kConsumer);
  span.Set("messaging.batch.message_count", static_cast<int64_t>(events.size()));
  const trace::Active active(span);
  const absl::Status status = inbox_->Apply(events, effect_, written_.sequence);
  if (!status.ok()) span.Fail(absl::StatusCodeToString(status.code()));
  return status;
}

// Tries an event that failed with `status` again while that may help, and else puts it aside.
absl::Status Consumer::Blame(const Event& event, absl::Status status) {
  const auto single = absl::MakeConstSpan(&event, 1);
  while (!IsHopeless(event, status)) {
    // A race that the database saw is over; what else is unclear may need a while.
    if (pg::SqlStateOf(status).empty()) waker_.Wait(kFirstBackoff * failure_.total);
    if (waker_.stopping()) return absl::CancelledError("stopping");
    status = ApplyTogether(single);
    if (status.ok()) {
      Applied(single);
      return status;
    }
    if (FaultOf(status) == Fault::kCircumstances) return status;
  }
  return PutAside(event);
}

// Counts the failure. Whether it makes no sense to try again.
bool Consumer::IsHopeless(const Event& event, const absl::Status& status) {
  const std::string what = FaultText(status);
  if (failure_.sequence != event.sequence) failure_ = {event.sequence, "", 0, 0};
  failure_.times = failure_.what == what ? failure_.times + 1 : 1;
  failure_.what = what;
  ++failure_.total;
  return FaultOf(status) == Fault::kEvent || failure_.times >= options_.max_attempts ||
         failure_.total >= options_.max_attempts * kMaxAttemptsOfAnyKind;
}

absl::Status Consumer::PutAside(const Event& event) {
  CRM_RETURN_IF_ERROR(inbox_->MoveToDeadLetters(event, failure_.what, failure_.total));
  log::Error("a consumer gave up on an event", {{"consumer", options_.name},
                                                {"stream", options_.stream},
                                                {"sequence", event.sequence},
                                                {"event", event.id},
                                                {"attempts", failure_.total},
                                                {"error", failure_.what}});
  metrics_.dead_letters.Increment();
  metrics_.CountSoon();
  failure_ = {};
  MoveTo(event);
  written_ = position_;
  return absl::OkStatus();
}

void Consumer::MoveTo(const Event& event) {
  position_ = {event.sequence, event.entry};
  metrics_.position.Set(static_cast<double>(position_.sequence));
}

void Consumer::Applied(absl::Span<const Event> events) {
  MoveTo(events.back());
  written_ = position_;
  metrics_.applied.Increment(static_cast<double>(events.size()));
  if (options_.committed) options_.committed();
}

}  // namespace crm::event
