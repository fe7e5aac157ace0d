#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/trace/span.h"

namespace crm::otlp {

struct RecorderOptions {
  // host:port of a collector that takes OTLP over gRPC in plaintext.
  std::string endpoint;
  // Share of the traces begun here that is recorded, 0 to 1. Traces that come with a call are
  // recorded if its sender records them.
  double ratio = 0.01;
  std::string service;   // service.name
  std::string version;   // service.version
  std::string instance;  // service.instance.id
};

// A recorder that exports spans in batches, from a thread of its own, once a second. 2,048 spans
// wait at most; those beyond, and those that the collector does not take within a second, are lost,
// which is logged once a minute. Destroying it exports what waits, for two seconds at most.
// Attributes of OTEL_RESOURCE_ATTRIBUTES are added. Errors: UNIMPLEMENTED in a build without
// OpenTelemetry.
absl::StatusOr<std::unique_ptr<trace::Recorder>> MakeRecorder(const RecorderOptions& options);

}  // namespace crm::otlp
