#include "common/log/line_queue.h"

#include <absl/time/clock.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <utility>

#include "common/base/steady_clock.h"

namespace crm::log {
namespace {

constexpr size_t kMostAtOnce = 64 * 1024;  // bytes
constexpr absl::Duration kPatience = absl::Seconds(1);

// The queue's thread must not be the one that a signal of the process goes to.
std::shared_ptr<spdlog::details::thread_pool> StartThread(size_t capacity) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  auto pool = std::make_shared<spdlog::details::thread_pool>(capacity, 1);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pool;
}

}  // namespace

// Where spdlog's thread hands the lines over.
class LineQueue::SpdlogSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit SpdlogSink(LineQueue& queue) : queue_(queue) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    queue_.Take(absl::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

  LineQueue& queue_;
};

LineQueue::LineQueue(size_t capacity, Sink sink)
    : sink_(std::move(sink)),
      pool_(StartThread(capacity)),
      logger_(std::make_shared<spdlog::async_logger>(
          std::string(), std::make_shared<SpdlogSink>(*this), pool_,
          spdlog::async_overflow_policy::overrun_oldest)) {}

LineQueue::~LineQueue() {
  pool_.reset();
  if (!taken_.empty()) WriteOut(taken_);
}

void LineQueue::Post(absl::string_view line) {
  ++posted_;
  logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

void LineQueue::SetSink(Sink sink) {
  Flush(kPatience);
  absl::MutexLock lock(&mutex_);
  sink_ = std::move(sink);
}

bool LineQueue::Flush(absl::Duration limit) const {
  const base::Deadline end = base::Deadline::After(limit);
  const uint64_t all = posted_;
  while (written_ + overrun_ < all) {
    if (end.Passed()) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

uint64_t LineQueue::Dropped() const { return pool_->overrun_counter(); }

void LineQueue::Take(absl::string_view line) {
  taken_.append(line.data(), line.size());
  ++taken_lines_;
  if (taken_.size() < kMostAtOnce && pool_->queue_size() > 0) return;
  WriteOut(taken_);
  taken_.clear();
  // A line that is dropped later leaves another one in the queue, which leads here again.
  overrun_ = pool_->overrun_counter();
  written_ += std::exchange(taken_lines_, 0);
}

void LineQueue::WriteOut(absl::string_view lines) {
  absl::MutexLock lock(&mutex_);
  sink_(lines);
}

}  // namespace crm::log
