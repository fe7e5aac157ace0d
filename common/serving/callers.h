#pragma once

#include <memory>

#include "absl/status/status.h"
#include "common/auth/token_verifier.h"
#include "common/metrics/registry.h"
#include "common/rpc/admission.h"
#include "common/serving/auth_options.h"

namespace crm::serving {

// Who may call a program, as its flags say. Outlives the server.
class Callers {
 public:
  // Reads the keys, if tokens are asked for. Errors: those of TokenVerifier::Start.
  absl::Status Start(const AuthOptions& options, metrics::Registry& metrics);

  const rpc::Admission& admission() const { return *admission_; }

 private:
  std::unique_ptr<auth::TokenVerifier> tokens_;
  std::unique_ptr<const rpc::Admission> by_token_;
  const rpc::Admission* admission_ = &rpc::Admission::Open();
};

}  // namespace crm::serving
