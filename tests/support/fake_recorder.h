#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "common/trace/span.h"

namespace crm::trace {

// A span as it was recorded.
struct RecordedSpan {
  std::string name;
  Kind kind;
  std::string traceparent;
  std::string parent;
  std::vector<std::string> links;
  std::map<std::string, std::string> attributes;
  std::string failure;
};

// Records this process's spans while it lives: those whose parent is sampled, and all without a
// parent. Thread-safe. Spans may end after it is gone: a server ends those of a call when the
// caller has its answer.
class FakeRecorder : public Recorder {
 public:
  FakeRecorder() { SetRecorder(this); }
  ~FakeRecorder() override { SetRecorder(nullptr); }

  std::unique_ptr<SpanRecord> Begin(absl::string_view name, const SpanOptions& options) override {
    if (!options.parent.empty() && !IsSampled(options.parent)) return nullptr;
    absl::MutexLock lock(&spans_->mutex);
    int64_t& id = spans_->last_id;
    const std::string trace = options.parent.empty() ? absl::StrFormat("%032x", ++id)
                                                     : std::string(options.parent.substr(3, 32));
    RecordedSpan span{.name = std::string(name),
                      .kind = options.kind,
                      .traceparent = absl::StrFormat("00-%s-%016x-01", trace, ++id),
                      .parent = std::string(options.parent),
                      .links = options.links,
                      .attributes = {},
                      .failure = {}};
    return std::make_unique<Record>(spans_, std::move(span));
  }

  // Those that have ended, in the order of their ends.
  std::vector<RecordedSpan> spans() const {
    absl::MutexLock lock(&spans_->mutex);
    return spans_->ended;
  }

  // Those of that name.
  std::vector<RecordedSpan> Named(absl::string_view name) const {
    std::vector<RecordedSpan> found = spans();
    std::erase_if(found, [name](const RecordedSpan& span) { return span.name != name; });
    return found;
  }

 private:
  struct Spans {
    absl::Mutex mutex;
    int64_t last_id ABSL_GUARDED_BY(mutex) = 0;
    std::vector<RecordedSpan> ended ABSL_GUARDED_BY(mutex);
  };

  class Record : public SpanRecord {
   public:
    Record(std::shared_ptr<Spans> to, RecordedSpan span)
        : to_(std::move(to)), span_(std::move(span)) {}
    std::string traceparent() const override { return span_.traceparent; }
    void Set(absl::string_view key, absl::string_view value) override {
      span_.attributes[std::string(key)] = std::string(value);
    }
    void Set(absl::string_view key, int64_t value) override {
      span_.attributes[std::string(key)] = std::to_string(value);
    }
    void Fail(absl::string_view what) override { span_.failure = std::string(what); }
    void End() override {
      absl::MutexLock lock(&to_->mutex);
      to_->ended.push_back(span_);
    }

   private:
    const std::shared_ptr<Spans> to_;
    RecordedSpan span_;
  };

  const std::shared_ptr<Spans> spans_ = std::make_shared<Spans>();
};

}  // namespace crm::trace
