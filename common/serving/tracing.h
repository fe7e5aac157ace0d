#pragma once

#include <memory>

#include "absl/status/status.h"
#include "common/otlp/otlp_recorder.h"
#include "common/trace/span.h"

namespace crm::serving {

// Has the process's spans recorded while it lives. Made before the threads and channels that trace,
// destroyed after them, by which what waits is exported.
class Tracing {
 public:
  Tracing() = default;
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  // Once. Does nothing without an endpoint. Errors: UNIMPLEMENTED in a build without OpenTelemetry.
  absl::Status Start(const otlp::RecorderOptions& options);

 private:
  std::unique_ptr<trace::Recorder> recorder_;
};

}  // namespace crm::serving
