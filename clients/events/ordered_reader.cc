#include "clients/events/ordered_reader.h"

#include <utility>

#include "common/base/status.h"

namespace crm::client {
namespace {

bool Passes(const absl::Status& status) {
  return RetryPolicy::IsTransient(status.code()) || status.code() == absl::StatusCode::kAborted;
}

}  // namespace

OrderedReader::OrderedReader(Client client, Service service, Inbox& inbox,
                             OrderedReaderOptions options)
    : client_(std::move(client)), service_(service), inbox_(inbox), options_(std::move(options)) {}

void OrderedReader::Stop() {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
  if (watch_ != nullptr) watch_->Cancel();
  changed_.SignalAll();
}

bool OrderedReader::Pause() {
  absl::MutexLock lock(&mutex_);
  changed_.AwaitUntil(mutex_, base::SteadyNow() + options_.pause, [this] {
    mutex_.AssertHeld();
    return stopping_;
  });
  return !stopping_;
}

absl::Status OrderedReader::Run() {
  while (true) {
    const absl::Status status = ReadOn();
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return absl::OkStatus();
    }
    if (!Passes(status)) return status;
    if (!Pause()) return absl::OkStatus();
  }
}

// From the stored position until something fails.
absl::Status OrderedReader::ReadOn() {
  CRM_ASSIGN_OR_RETURN(int64_t done, inbox_.Load());
  event::v1::SubscribeStageEventsRequest request = options_.filter;
  request.set_after_sequence(done);
  StageEventWatch* watch = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return absl::OkStatus();
    watch_ = client_.Watch(service_, std::move(request), options_.watch);
    watch = watch_.get();
  }
  while (true) {
    CRM_ASSIGN_OR_RETURN(const auto response, watch->Next());
    const int64_t gap = response.begin_sequence() - done - 1;
    if (response.read_sequence() == done && gap == 0) continue;
    CRM_RETURN_IF_ERROR(inbox_.Apply(response, gap));
    done = response.read_sequence();
  }
}

}  // namespace crm::client
