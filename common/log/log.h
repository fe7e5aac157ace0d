#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>

#include "common/log/line_queue.h"

// One JSON object per line: {"time","level","service","msg",...fields}. Never personal data.
// All functions are safe to call from any thread. Logging never blocks: lines wait in a bounded
// queue for a thread of the log's own; where the sink is slower than the calls for long, the oldest
// are dropped and counted. A line that is below the level costs one load. At the end of the
// process, also at a fatal error, what waits is still written unless the sink is stuck.
namespace crm::log {

enum class Level { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error" or "off".
std::optional<Level> ParseLevel(absl::string_view text);
absl::string_view LevelName(Level level);

// The value of a field. Texts are borrowed and must live until the call returns.
class Value {
 public:
  Value(const char* text) : value_(absl::string_view(text)) {}         // NOLINT: implicit
  Value(const std::string& text) : value_(absl::string_view(text)) {}  // NOLINT: implicit
  Value(absl::string_view text) : value_(text) {}                      // NOLINT: implicit
  Value(bool value) : value_(value) {}                                 // NOLINT: implicit
  Value(double value) : value_(value) {}                               // NOLINT: implicit
  // Written as seconds.
  Value(absl::Duration value) : value_(absl::ToDoubleSeconds(value)) {}  // NOLINT: implicit
  template <std::signed_integral T>
  Value(T value) : value_(static_cast<int64_t>(value)) {}  // NOLINT: implicit
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Value(T value)
      : value_(static_cast<uint64_t>(value)) {}  // NOLINT: implicit

  const auto& Get() const { return value_; }

 private:
  std::variant<absl::string_view, bool, double, int64_t, uint64_t> value_;
};

struct Field {
  absl::string_view key;
  Value value;
};

// Sets the service's name and the least level that is written, to stderr or to `sink`. Before the
// first call lines of level info and above go to stderr under the name "-". May be called again: it
// then waits until the former sink has what was written before, a second at most, and is done.
void Init(absl::string_view service, Level level, Sink sink = nullptr);

bool Enabled(Level level);

void Write(Level level, absl::string_view message, absl::Span<const Field> fields);

// Waits until the sink has what was written before, or for `limit`. Whether it has.
bool Flush(absl::Duration limit = absl::Seconds(1));

// How many lines were dropped so far.
uint64_t Dropped();

inline void Info(absl::string_view message, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kInfo)) Write(Level::kInfo, message, fields);
}
inline void Warning(absl::string_view message, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kWarning)) Write(Level::kWarning, message, fields);
}
inline void Error(absl::string_view message, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kError)) Write(Level::kError, message, fields);
}

}  // namespace crm::log
