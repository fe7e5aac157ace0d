#include "common/log/log.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <memory>
#include <utility>

#include "common/log/json_line.h"

namespace crm::log {
namespace {

constexpr std::array<absl::string_view, 5> kNames = {"debug", "info", "warning", "error", "off"};

std::atomic<Level> least_level{Level::kInfo};

Sink StderrSink() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
  sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%v", spdlog::pattern_time_type::utc, std::string()));
  return [sink](absl::string_view line) {
    const spdlog::string_view_t text(line.data(), line.size());
    sink->log(spdlog::details::log_msg(spdlog::string_view_t(), spdlog::level::info, text));
  };
}

struct State {
  absl::Mutex mutex;
  std::string service ABSL_GUARDED_BY(mutex) = "-";
  Sink sink ABSL_GUARDED_BY(mutex) = StderrSink();
};

// Never destroyed: threads may still log while the process ends.
State& TheState() {
  static State* const kState = new State;
  return *kState;
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
  State& state = TheState();
  absl::MutexLock lock(&state.mutex);
  state.service = std::string(service);
  state.sink = sink ? std::move(sink) : StderrSink();
  SetLevel(level);
}

void SetLevel(Level level) { least_level.store(level, std::memory_order_relaxed); }

bool Enabled(Level level) { return level >= least_level.load(std::memory_order_relaxed); }

void Write(Level level, absl::string_view message, absl::Span<const Field> fields) {
  if (!Enabled(level) || level == Level::kOff) return;
  State& state = TheState();
  std::string service;
  {
    absl::ReaderMutexLock lock(&state.mutex);
    service = state.service;
  }
  const std::string line = JsonLine(absl::Now(), level, service, message, fields);
  absl::MutexLock lock(&state.mutex);
  state.sink(line);
}

}  // namespace crm::log
