#include "common/access/access_log.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/pg/error_map.h"

namespace crm::access {
namespace {

// A batch is one statement of this size at most, so that it neither takes long nor much memory.
constexpr size_t kMostRecords = 500;
constexpr size_t kMostNames = 5000;
constexpr absl::Duration kWriteLimit = absl::Seconds(5);
// Losses are counted one by one and told of no more often than this.
constexpr absl::Duration kBetweenWarnings = absl::Seconds(10);

size_t SizeOf(const Record& record) {
  size_t size = sizeof(Record) + record.tenant.size() + record.actor.size() + record.method.size();
  for (const std::string& name : record.names) size += sizeof(std::string) + name.size();
  return size;
}

// Whether a failure says nothing about what was to be written.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsAborted(status) || absl::IsCancelled(status) || pg::IsRetryable(status);
}

}  // namespace

AccessLog::AccessLog(AccessLogOptions options, pg::Pool& pool, base::IdGenerator& ids,
                     metrics::Registry& registry)
    : options_(std::move(options)),
      all_(std::find(options_.tenants.begin(), options_.tenants.end(), "*") !=
           options_.tenants.end()),
      pool_(pool),
      ids_(ids),
      recorded_(registry.GetCounter("crm_access_log_recorded_total",
                                    "Calls in the access log that showed personal data.")),
      lost_(registry.GetCounter("crm_access_log_lost_total",
                                "Calls that showed personal data and could not be recorded.")) {}

AccessLog::~AccessLog() { Stop(); }

bool AccessLog::Wants(absl::string_view tenant) const {
  return all_ || std::find(options_.tenants.begin(), options_.tenants.end(), tenant) !=
                     options_.tenants.end();
}

void AccessLog::Take(rpc::Access access) {
  Record record{std::move(access.tenant),
                ids_.New(),
                access.time,
                std::move(access.actor),
                std::move(access.method),
                std::move(access.names)};
  const size_t size = SizeOf(record);
  {
    absl::MutexLock lock(&mutex_);
    if (!stopping_ && waiting_.size() < options_.most_waiting &&
        bytes_ + size <= options_.most_waiting_bytes) {
      bytes_ += size;
      waiting_.push_back(std::move(record));
      if (waiting_.size() > 1) return;  // the thread knows
      change_.Signal();
      return;
    }
  }
  Lose(1, "too many wait");
}

void AccessLog::Start() {
  thread_ = std::thread([this] { Run(); });
}

void AccessLog::Stop() {
  size_t left = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (!stopping_) last_moment_ = base::SteadyNow() + options_.last_words;
    stopping_ = true;
  }
  change_.SignalAll();
  if (thread_.joinable()) thread_.join();
  {
    absl::MutexLock lock(&mutex_);
    left = waiting_.size();
    waiting_.clear();
    bytes_ = 0;
  }
  if (left > 0) Lose(left, "the program ends");
}

void AccessLog::Run() {
  for (Batch batch = TakeBatch(); !batch.empty(); batch = TakeBatch()) {
    if (WriteOut(batch)) recorded_.Increment(static_cast<double>(batch.size()));
    StopsWithin(options_.pause);
  }
}

AccessLog::Batch AccessLog::TakeBatch() {
  absl::MutexLock lock(&mutex_);
  while (waiting_.empty() && !stopping_) change_.Wait(mutex_);
  Batch batch;
  size_t names = 0;
  while (!waiting_.empty() && batch.size() < kMostRecords && names < kMostNames) {
    Record& record = waiting_.front();
    names += record.names.size();
    bytes_ -= SizeOf(record);
    batch.push_back(std::move(record));
    waiting_.pop_front();
  }
  return batch;
}

bool AccessLog::WriteOut(const Batch& batch) {
  while (true) {
    if (IsTooLate()) {
      Lose(batch.size(), "the program ends");
      return false;
    }
    const absl::Status written = Write(pool_, batch, base::Deadline::After(kWriteLimit));
    if (written.ok()) return true;
    if (!MayPass(written)) {
      Lose(batch.size(), written.ToString());
      return false;
    }
    log::Warning("access log not written", {{"error", written.ToString()}});
    StopsWithin(options_.retry_pause);
  }
}

bool AccessLog::StopsWithin(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  const base::SteadyTime end = base::SteadyNow() + pause;
  return change_.AwaitUntil(mutex_, stopping_ ? std::min(end, last_moment_) : end, [this] {
    mutex_.AssertHeld();
    return stopping_;
  });
}

bool AccessLog::IsTooLate() {
  absl::MutexLock lock(&mutex_);
  return stopping_ && base::SteadyNow() > last_moment_;
}

void AccessLog::Lose(size_t count, absl::string_view why) {
  lost_.Increment(static_cast<double>(count));
  const base::SteadyTime now = base::SteadyNow();
  {
    absl::MutexLock lock(&mutex_);
    if (now < next_warning_) return;
    next_warning_ = now + kBetweenWarnings;
  }
  log::Error("accesses to personal data not recorded", {{"error", why}});
}

}  // namespace crm::access
