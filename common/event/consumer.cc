#include "common/event/consumer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"
#include "common/pg/error_map.h"
#include "common/trace/causes.h"

namespace crm::event {
namespace {

constexpr absl::Duration kStandby = absl::Milliseconds(200);
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(20);
constexpr int kMaxAttemptsOfAnyKind = 4;  // times max_attempts, with changing errors

std::string TextOf(const absl::Status& status) {
  const std::string hidden = error::PrivateTextOf(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message(),
                      hidden.empty() ? "" : " / ", hidden);
}

}  // namespace

Consumer::Consumer(ConsumerOptions options, EntryDecoder decode, EventSource* source, Effect effect,
                   metrics::Registry* registry, base::RandomSource random)
    : options_(std::move(options)),
      effect_(std::move(effect)),
      reader_({options_.name, options_.stream, options_.redis, options_.batch_size, options_.block},
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
          {{"consumer", options_.name}, {"stream", options_.stream}, {"error", TextOf(status)}});
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
    CRM_ASSIGN_OR_RETURN(position_, inbox_->Load());
    metrics_.position.Set(static_cast<double>(position_.sequence));
  }
  CRM_RETURN_IF_ERROR(metrics_.ShowIfDue(reader_.redis(), *inbox_, position_));
  CRM_RETURN_IF_ERROR(RetryMissedLetters());
  CRM_ASSIGN_OR_RETURN(const StreamReader::Page page, reader_.Read(position_));
  if (page.events.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(Pass(page.gone));
  metrics_.filled.Increment(static_cast<double>(page.from_source));
  absl::Status status = Apply(page.events, page.gone > 0);
  // Whatever went wrong, the row holds the true position.
  if (!status.ok() && !database_->broken()) {
    CRM_ASSIGN_OR_RETURN(position_, inbox_->Load());
  }
  if (status.ok() && page.events.size() < static_cast<size_t>(options_.batch_size)) {
    waker_.Wait(options_.pace);
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

// `gone` events are lost to this consumer.
absl::Status Consumer::Pass(int64_t gone) {
  metrics_.aged_out.Set(static_cast<double>(gone));
  if (gone == 0) return absl::OkStatus();
  if (options_.aged_out == AgedOut::kStop) {
    return absl::FailedPreconditionError(
        absl::StrCat("events ", position_.sequence + 1, " to ", position_.sequence + gone,
                     " are gone from the publisher's log; they can only be skipped"));
  }
  log::Error("a consumer skips events that are gone from the publisher's log",
             {{"consumer", options_.name},
              {"stream", options_.stream},
              {"after", position_.sequence},
              {"events", gone}});
  metrics_.skipped.Increment(static_cast<double>(gone));
  return absl::OkStatus();
}

absl::Status Consumer::Apply(absl::Span<const Event> events, bool may_skip) {
  if (waker_.stopping()) return absl::CancelledError("stopping");
  absl::Status status = ApplyTogether(events, may_skip);
  if (status.ok()) {
    Passed(events);
    return status;
  }
  if (FaultOf(status) == Fault::kCircumstances) return status;
  if (events.size() == 1) return Blame(events.front(), std::move(status), may_skip);
  const size_t half = events.size() / 2;
  CRM_RETURN_IF_ERROR(Apply(events.first(half), may_skip));
  return Apply(events.subspan(half), false);
}

absl::Status Consumer::ApplyTogether(absl::Span<const Event> events, bool may_skip) {
  trace::Causes causes;
  for (const Event& event : events) causes.Add(event.trace);
  trace::Span span = causes.Begin(absl::StrCat("apply ", options_.stream), trace::Kind::kConsumer);
  span.Set("messaging.batch.message_count", static_cast<int64_t>(events.size()));
  const trace::Active active(span);
  const absl::Status status = inbox_->Apply(events, effect_, may_skip);
  if (!status.ok()) span.Fail(absl::StatusCodeToString(status.code()));
  return status;
}

// Tries an event that failed with `status` again while that may help, and else puts it aside.
absl::Status Consumer::Blame(const Event& event, absl::Status status, bool may_skip) {
  const auto single = absl::MakeConstSpan(&event, 1);
  while (!IsHopeless(event, status)) {
    // A race that the database saw is over; what else is unclear may need a while.
    if (pg::SqlStateOf(status).empty()) waker_.Wait(kFirstBackoff * failure_.total);
    if (waker_.stopping()) return absl::CancelledError("stopping");
    status = ApplyTogether(single, may_skip);
    if (status.ok()) {
      Passed(single);
      return status;
    }
    if (FaultOf(status) == Fault::kCircumstances) return status;
  }
  return PutAside(event);
}

// Counts the failure. Whether it makes no sense to try again.
bool Consumer::IsHopeless(const Event& event, const absl::Status& status) {
  const std::string what = TextOf(status);
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
  position_.sequence = event.sequence;
  position_.entry = event.entry;
  return absl::OkStatus();
}

void Consumer::Passed(absl::Span<const Event> events) {
  position_.sequence = events.back().sequence;
  position_.entry = events.back().entry;
  metrics_.position.Set(static_cast<double>(position_.sequence));
  metrics_.applied.Increment(static_cast<double>(events.size()));
  if (options_.committed) options_.committed();
}

}  // namespace crm::event
