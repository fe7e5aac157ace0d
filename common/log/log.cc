#include "common/log/log.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <string>
#include <utility>

#include "common/log/exit_flush.h"
#include "common/log/json_line.h"
#include "common/log/line_queue.h"

namespace crm::log {
namespace {

constexpr std::array<absl::string_view, 5> kNames = {"debug", "info", "warning", "error", "off"};

constexpr size_t kMostWaiting = 8192;  // lines, some 3 MB

std::atomic<Level> least_level{Level::kInfo};

void WriteToStderr(absl::string_view lines) { std::fwrite(lines.data(), 1, lines.size(), stderr); }

// Nothing here is ever destroyed: threads may still log while the process ends.
LineQueue& Queue() {
  static LineQueue* const kQueue = [] {
    auto* const queue = new LineQueue(kMostWaiting, WriteToStderr);
    FlushAtExit(queue);
    return queue;
  }();
  return *kQueue;
}

struct Service {
  absl::Mutex mutex;
  std::string name ABSL_GUARDED_BY(mutex) = "-";
};

Service& TheService() {
  static Service* const kService = new Service;
  return *kService;
}

}  // namespace

std::optional<Level> ParseLevel(absl::string_view text) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<Level>(i);
  }
  return std::nullopt;
}

absl::string_view LevelName(Level level) { return kNames[static_cast<size_t>(level)]; }

void Init(absl::string_view service, Level level, Sink sink) {
  Queue().SetSink(sink ? std::move(sink) : WriteToStderr);
  absl::MutexLock lock(&TheService().mutex);
  TheService().name = std::string(service);
  least_level = level;
}

bool Enabled(Level level) { return level >= least_level.load(std::memory_order_relaxed); }

void Write(Level level, absl::string_view message, absl::Span<const Field> fields) {
  if (!Enabled(level) || level == Level::kOff) return;
  Service& service = TheService();
  absl::ReaderMutexLock lock(&service.mutex);
  Queue().Post(JsonLine(absl::Now(), level, service.name, message, fields));
}

bool Flush(absl::Duration limit) { return Queue().Flush(limit); }

uint64_t Dropped() { return Queue().Dropped(); }

}  // namespace crm::log
