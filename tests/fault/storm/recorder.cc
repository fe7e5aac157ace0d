#include "tests/fault/storm/recorder.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

namespace crm::testing {

Recorder::Recorder(const std::string& file) : file_(file) {}

void Recorder::Write(const RecordedCall& call) {
  std::string text = absl::Substitute(
      R"({"is":"call","thing":"$0","worker":$1,"do":"$2","begin":$3,"end":$4,"outcome":"$5")",
      call.thing, call.worker, call.move ? "move" : "read", call.begin, call.end, call.outcome);
  absl::StrAppend(&text, R"(,"stage":")", call.stage, "\"");
  if (call.version) absl::StrAppend(&text, R"(,"version":)", *call.version);
  if (call.move) absl::StrAppend(&text, R"(,"request":")", call.request, "\"");
  if (call.expected) absl::StrAppend(&text, R"(,"expected":)", *call.expected);
  Line(text + "}");
}

void Recorder::Allow(absl::string_view from, absl::string_view to) {
  Line(absl::Substitute(R"({"is":"allowed","from":"$0","to":"$1"})", from, to));
}

void Recorder::Saw(absl::string_view by, int partition, absl::string_view entry,
                   absl::string_view event, absl::string_view content) {
  Line(absl::Substitute(
      R"({"is":"seen","by":"$0","partition":$1,"entry":"$2","event":"$3","content":"$4"})", by,
      partition, entry, event, content));
}

void Recorder::Told(absl::string_view by, int partition, int64_t sequence, absl::string_view entry,
                    absl::string_view event) {
  Line(absl::Substitute(
      R"({"is":"told","by":"$0","partition":$1,"seq":$2,"entry":"$3","event":"$4"})", by, partition,
      sequence, entry, event));
}

void Recorder::Flush() {
  const absl::MutexLock lock(&mutex_);
  file_.flush();
}

void Recorder::Line(absl::string_view text) {
  const absl::MutexLock lock(&mutex_);
  file_ << text << "\n";
}

}  // namespace crm::testing
