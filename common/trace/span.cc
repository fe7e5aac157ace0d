#include "common/trace/span.h"

#include <atomic>
#include <utility>

namespace crm::trace {
namespace {

std::atomic<Recorder*> recorder{nullptr};
thread_local const SpanRecord* active = nullptr;

}  // namespace

void SetRecorder(Recorder* next) { recorder.store(next, std::memory_order_release); }

bool Enabled() { return recorder.load(std::memory_order_relaxed) != nullptr; }

bool IsSampled(absl::string_view traceparent) {
  constexpr size_t kSize = 55;
  if (traceparent.size() != kSize) return false;
  const char flags = traceparent.back();  // a lower-case hexadecimal digit; its last bit counts
  return ((flags >= '0' && flags <= '9' ? flags - '0' : flags - 'a' + 10) & 1) == 1;
}

Span& Span::operator=(Span&& other) noexcept {
  if (this != &other) {
    End();
    record_ = std::move(other.record_);
  }
  return *this;
}

std::string Span::traceparent() const { return recorded() ? record_->traceparent() : ""; }

void Span::Set(absl::string_view key, absl::string_view value) {
  if (recorded()) record_->Set(key, value);
}

void Span::Set(absl::string_view key, int64_t value) {
  if (recorded()) record_->Set(key, value);
}

void Span::Fail(absl::string_view what) {
  if (recorded()) record_->Fail(what);
}

void Span::End() {
  if (!recorded()) return;
  record_->End();
  record_.reset();
}

Span Begin(absl::string_view name, const SpanOptions& options) {
  Span span;
  if (Recorder* by = recorder.load(std::memory_order_acquire); by != nullptr) {
    span.record_ = by->Begin(name, options);
  }
  return span;
}

Span BeginBelow(absl::string_view name, Kind kind) {
  if (active == nullptr) return Span();
  const std::string parent = active->traceparent();
  return Begin(name, {.kind = kind, .parent = parent});
}

bool HasActive() { return active != nullptr; }

Active::Active(const Span& span) : before_(std::exchange(active, span.record_.get())) {}

Active::~Active() { active = before_; }

}  // namespace crm::trace
