#include "common/serving/tracing.h"

#include "common/base/status.h"
#include "common/log/log.h"

namespace crm::serving {

Tracing::~Tracing() {
  if (recorder_ != nullptr) trace::SetRecorder(nullptr);
}

absl::Status Tracing::Start(const otlp::RecorderOptions& options) {
  if (options.endpoint.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(recorder_, otlp::MakeRecorder(options));
  trace::SetRecorder(recorder_.get());
  log::Info("tracing", {{"endpoint", options.endpoint}, {"ratio", options.ratio}});
  return absl::OkStatus();
}

}  // namespace crm::serving
