#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Spans of distributed traces, as OpenTelemetry means them. Who works for a call opens a span and
// makes it the thread's active one; what is done on the way (a statement, a call to a neighbour)
// opens its span below the active one without being told. All functions may be called from any
// thread and never block; as long as nobody records they cost a load.
namespace crm::trace {

enum class Kind { kInternal, kServer, kClient, kProducer, kConsumer };

struct SpanOptions {
  Kind kind = Kind::kInternal;
  // The W3C trace context of the span above; empty begins a trace.
  absl::string_view parent = {};
  // W3C trace contexts of spans that caused this one without being above it.
  std::vector<std::string> links = {};
  // How long ago it began.
  absl::Duration age = absl::ZeroDuration();
};

// One span on its way to where spans are kept. Used by one thread at a time.
class SpanRecord {
 public:
  virtual ~SpanRecord() = default;

  // Its W3C trace context.
  virtual std::string traceparent() const = 0;
  virtual void Set(absl::string_view key, absl::string_view value) = 0;
  virtual void Set(absl::string_view key, int64_t value) = 0;
  virtual void Fail(absl::string_view what) = 0;
  // Once, and last.
  virtual void End() = 0;
};

// Keeps spans. Thread-safe, never blocks.
class Recorder {
 public:
  virtual ~Recorder() = default;

  // nullptr if the span is not to be recorded: that is the parent's choice, or without a parent the
  // recorder's.
  virtual std::unique_ptr<SpanRecord> Begin(absl::string_view name, const SpanOptions& options) = 0;
};

// Who records this process's spans, nullptr for nobody (as at the start). The recorder must outlive
// all calls that were begun before it is replaced.
void SetRecorder(Recorder* recorder);
bool Enabled();

// Whether `traceparent` (https://www.w3.org/TR/trace-context/, version 00) says that its trace is
// recorded. False for anything that is none.
bool IsSampled(absl::string_view traceparent);

// One piece of work with a beginning and an end: when its owner is gone, at the latest. One that is
// not recorded takes every call and does nothing.
class Span {
 public:
  Span() = default;  // not recorded
  Span(Span&&) noexcept = default;
  Span& operator=(Span&& other) noexcept;
  ~Span() { End(); }

  bool recorded() const { return record_ != nullptr; }
  // Its W3C trace context; empty if it is not recorded.
  std::string traceparent() const;

  void Set(absl::string_view key, absl::string_view value);
  void Set(absl::string_view key, int64_t value);
  void Fail(absl::string_view what);
  // Nothing can be said about the span afterwards.
  void End();

 private:
  friend Span Begin(absl::string_view name, const SpanOptions& options);
  friend class Active;

  std::unique_ptr<SpanRecord> record_;
};

// Begins a span below options.parent.
Span Begin(absl::string_view name, const SpanOptions& options);

// Begins a span below the thread's active one; not recorded if there is none.
Span BeginBelow(absl::string_view name, Kind kind = Kind::kInternal);

// Whether the thread has an active span, and so whether details for spans below it are worth
// collecting.
bool HasActive();

// Makes a span the thread's active one for its own lifetime, on one thread. One that is not
// recorded hides the one before: what is done meanwhile belongs to no trace.
class Active {
 public:
  explicit Active(const Span& span);
  ~Active();
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;

 private:
  const SpanRecord* const before_;
};

}  // namespace crm::trace
