#include "common/event/consumer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"

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
      decode_(std::move(decode)),
      source_(source),
      effect_(std::move(effect)),
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
  redis_.reset();
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
  CRM_RETURN_IF_ERROR(metrics_.ShowIfDue(redis_.get(), *inbox_, position_));
  CRM_ASSIGN_OR_RETURN(const Page page, Fetch());
  if (page.events.empty()) return absl::OkStatus();
  absl::Status status = Apply(page);
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

absl::StatusOr<Consumer::Page> Consumer::Fetch() {
  absl::StatusOr<Page> page = FetchFromStream();
  if (page.ok()) {
    redis_is_away_ = false;
    return page;
  }
  redis_.reset();
  if (waker_.stopping()) return page.status();
  if (!redis_is_away_) {
    redis_is_away_ = true;
    log::Warning("a consumer reads from the log, since the stream cannot be read",
                 {{"consumer", options_.name},
                  {"stream", options_.stream},
                  {"error", page.status().message()}});
  }
  CRM_ASSIGN_OR_RETURN(Page filled, FetchFromSource());
  if (filled.events.empty()) return page.status();
  return filled;
}

absl::StatusOr<Consumer::Page> Consumer::FetchFromStream() {
  if (redis_ == nullptr || redis_->dead()) {
    CRM_ASSIGN_OR_RETURN(redis_, redis::Connection::Open(options_.redis));
  }
  CRM_RETURN_IF_ERROR(redis_->ConfirmPrimary());
  CRM_ASSIGN_OR_RETURN(const std::vector<redis::StreamEntry> entries,
                       redis::ReadStream(*redis_, options_.stream, position_.entry,
                                         options_.batch_size, options_.block));
  Page page;
  int64_t expected = position_.sequence + 1;
  for (const redis::StreamEntry& entry : entries) {
    absl::StatusOr<Event> event = decode_(entry);
    if (!event.ok() || event->sequence != expected) break;
    page.events.push_back(*std::move(event));
    ++expected;
  }
  if (!page.events.empty() || entries.empty()) return page;
  CRM_ASSIGN_OR_RETURN(page, FetchFromSource());
  if (page.events.empty()) {
    return absl::UnavailableError("the publisher's log does not hold what its stream misses");
  }
  return page;
}

absl::StatusOr<Consumer::Page> Consumer::FetchFromSource() {
  Page page;
  page.from_source = true;
  CRM_ASSIGN_OR_RETURN(page.events, source_->After(position_.sequence, options_.batch_size));
  if (!page.events.empty() && page.events.front().sequence > position_.sequence + 1) {
    log::Error("events are gone from the publisher's log before this consumer read them",
               {{"consumer", options_.name},
                {"stream", options_.stream},
                {"after", position_.sequence},
                {"next", page.events.front().sequence}});
  }
  metrics_.filled.Increment(static_cast<double>(page.events.size()));
  return page;
}

absl::Status Consumer::Apply(const Page& page) {
  absl::Status status = inbox_->Apply(page.events, effect_, page.from_source);
  if (status.ok()) {
    Passed(page.events);
    return status;
  }
  return IsTransient(status) ? status : ApplySingly(page);
}

absl::Status Consumer::ApplySingly(const Page& page) {
  for (const Event& event : page.events) {
    if (waker_.stopping()) return absl::CancelledError("stopping");
    const auto single = absl::MakeConstSpan(&event, 1);
    absl::Status status = inbox_->Apply(single, effect_, page.from_source);
    while (!status.ok()) {
      if (IsTransient(status) || waker_.stopping()) return status;
      CRM_RETURN_IF_ERROR(CountFailure(event, status));
      if (failure_.sequence != event.sequence) break;  // a dead letter now
      waker_.Wait(kFirstBackoff * failure_.total);
      status = inbox_->Apply(single, effect_, page.from_source);
    }
    Passed(single);
  }
  return absl::OkStatus();
}

// Makes the event a dead letter once it has failed often enough.
absl::Status Consumer::CountFailure(const Event& event, const absl::Status& status) {
  const std::string what = TextOf(status);
  if (failure_.sequence != event.sequence) failure_ = {event.sequence, "", 0, 0};
  failure_.times = failure_.what == what ? failure_.times + 1 : 1;
  failure_.what = what;
  ++failure_.total;
  if (failure_.times < options_.max_attempts &&
      failure_.total < options_.max_attempts * kMaxAttemptsOfAnyKind) {
    return absl::OkStatus();
  }
  CRM_RETURN_IF_ERROR(inbox_->MoveToDeadLetters(event, what, failure_.total));
  log::Error("a consumer gave up on an event", {{"consumer", options_.name},
                                                {"stream", options_.stream},
                                                {"sequence", event.sequence},
                                                {"event", event.id},
                                                {"attempts", failure_.total},
                                                {"error", what}});
  metrics_.dead_letters.Increment();
  metrics_.CountSoon();
  failure_ = {};
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
