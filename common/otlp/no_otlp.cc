#include "common/otlp/otlp_recorder.h"

namespace crm::otlp {

absl::StatusOr<std::unique_ptr<trace::Recorder>> MakeRecorder(const RecorderOptions&) {
  return absl::UnimplementedError("this build is without OpenTelemetry, and so without traces");
}

}  // namespace crm::otlp
