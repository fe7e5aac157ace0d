#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/strings/string_view.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace spdlog {
class async_logger;
namespace details {
class thread_pool;
}  // namespace details
}  // namespace spdlog

namespace crm::log {

// Takes finished lines, newlines included, one or more at once. Called by one thread at a time; may
// block.
using Sink = std::function<void(absl::string_view lines)>;

// Between those who log and a sink that may be slow: a bounded queue of lines and the one thread
// that hands them over, as many at once as wait. Thread-safe.
class LineQueue {
 public:
  // Holds `capacity` lines, 400 bytes each whether used or not, longer lines as much more.
  LineQueue(size_t capacity, Sink sink);
  // Waits until the sink has everything.
  ~LineQueue();

  // Never blocks: where the queue is full, the oldest line in it is dropped and counted.
  void Post(absl::string_view line);

  // Waits until the former sink has what was posted before, a second at most, and is done.
  void SetSink(Sink sink);

  // Waits until the sink has what was posted before, or for `limit`. Whether it has.
  bool Flush(absl::Duration limit) const;

  // Whether the sink has everything. To be asked in a signal handler, too.
  bool Idle() const { return written_ + overrun_ >= posted_; }

  // How many lines were dropped so far.
  uint64_t Dropped() const;

 private:
  class SpdlogSink;

  void Take(absl::string_view line);
  void WriteOut(absl::string_view lines);

  std::atomic<uint64_t> posted_ = 0;
  std::atomic<uint64_t> written_ = 0;
  std::atomic<uint64_t> overrun_ = 0;  // as the queue's thread saw it last
  std::string taken_;                  // of the queue's thread, like the next
  uint64_t taken_lines_ = 0;
  absl::Mutex mutex_;
  Sink sink_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace crm::log
