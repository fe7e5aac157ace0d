#include "common/webhook/dispatcher.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"

namespace crm::webhook {
namespace {

constexpr absl::Duration kStandby = absl::Seconds(1);
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(5);
constexpr absl::Duration kCloseStep = absl::Milliseconds(100);

}  // namespace

Dispatcher::Dispatcher(DispatcherOptions options, feed::Feed& feed, const base::Clock& clock,
                       base::IdGenerator& ids, metrics::Registry& registry,
                       std::function<void()> committed, base::RandomSource random)
    : options_(std::move(options)),
      feed_(feed),
      clock_(clock),
      ids_(ids),
      committed_(std::move(committed)),
      random_(random),
      metrics_(registry, options_.partition),
      backoff_(kFirstPause, kLongestPause, random) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Dispatcher::AskToStop() { inbox_.Stop(); }

void Dispatcher::Stop() {
  AskToStop();
  if (thread_.joinable()) thread_.join();
}

void Dispatcher::Run() {
  while (!inbox_.stopping()) {
    const absl::Status status = Lead();
    Close();
    if (status.ok()) continue;
    if (backoff_.fresh()) {
      log::Warning("webhooks have to wait",
                   {{"error", status.ToString()}, {"detail", error::PrivateTextOf(status)}});
    }
    inbox_.Rest(base::SteadyNow() + backoff_.Next());
  }
}

// Until it stops, or the database fails.
absl::Status Dispatcher::Lead() {
  CRM_ASSIGN_OR_RETURN(database_, pg::Connection::Open(options_.database));
  store_.emplace(*database_, options_.partition);
  while (true) {
    if (inbox_.stopping()) return absl::OkStatus();
    CRM_ASSIGN_OR_RETURN(const bool leads, store_->TryLead());
    if (leads) break;
    inbox_.Rest(base::SteadyNow() + kStandby);
  }
  inbox_.Rest(base::SteadyNow() + options_.take_over);
  if (inbox_.stopping()) return absl::OkStatus();
  log::Info("this process sends to webhooks",
            {{"service", options_.service}, {"partition", options_.partition}});
  sender_ = std::make_unique<Sender>(options_.sender,
                                     [this](const Posted& posted) { inbox_.Put(posted); });
  next_look_ = base::SteadyTime::InfinitePast();
  while (!inbox_.stopping()) {
    CRM_RETURN_IF_ERROR(Turn());
    backoff_.Reset();
  }
  return Drain();
}

absl::Status Dispatcher::Turn() {
  if (base::SteadyNow() >= next_look_) {
    next_look_ = base::SteadyNow() + options_.look;
    CRM_RETURN_IF_ERROR(Look());
    Show();
  }
  CRM_RETURN_IF_ERROR(StartDue());
  Handle(inbox_.Take(NextTurn()));
  CRM_RETURN_IF_ERROR(Save());
  CRM_RETURN_IF_ERROR(DisableDead());
  CRM_RETURN_IF_ERROR(RemoveClosed());
  AskForMore();
  return absl::OkStatus();
}

// When there is something to do even if nothing comes in.
base::SteadyTime Dispatcher::NextTurn() {
  if (flights_.size() >= static_cast<size_t>(options_.most_transfers)) return next_look_;
  const auto share = static_cast<size_t>(ShareOfOne());
  absl::Time due = absl::InfiniteFuture();
  for (const auto& [key, running] : running_) {
    const Endpoint& endpoint = running->endpoint;
    if (!running->closing && endpoint.in_flight() < share) due = std::min(due, endpoint.NextTime());
  }
  if (due == absl::InfiniteFuture()) return next_look_;
  const absl::Duration left = std::max(due - clock_.Now(), absl::ZeroDuration());
  return std::min(next_look_, base::SteadyNow() + left);
}

int Dispatcher::ShareOfOne() const {
  const int webhooks = std::max(1, static_cast<int>(running_.size()));
  return std::clamp(options_.most_transfers / webhooks, 1, options_.most_of_one);
}

// What is under way gets a moment to arrive and to be written down.
absl::Status Dispatcher::Drain() {
  const base::SteadyTime end = base::SteadyNow() + options_.last_words;
  while (!flights_.empty() && base::SteadyNow() < end) Handle(inbox_.Take(end, true));
  return Save();
}

// The feed has been told, and the lock is free.
void Dispatcher::Close() {
  metrics_.Withdraw();
  sender_.reset();
  for (const auto& [key, running] : running_) Unsubscribe(*running);
  while (!hooks_.empty()) Handle(inbox_.Take(base::SteadyNow() + kCloseStep, true));
  running_.clear();
  flights_.clear();
  tests_.clear();
  tested_.clear();
  store_.reset();
  database_.reset();
}

}  // namespace crm::webhook
