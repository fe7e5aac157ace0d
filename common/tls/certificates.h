#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>

#include "common/base/clock.h"
#include "common/lifecycle/repeating.h"
#include "common/metrics/registry.h"
#include "common/tls/anonymous_file.h"
#include "common/tls/credentials.h"
#include "common/tls/pem.h"

namespace crm::tls {

// The certificate of a process and whom it trusts, from files that may change at any time: every
// second they are read, and what has changed is checked and taken over whole. What is wrong is
// left: the process goes on with what it had, says so in the log and as crm_tls_files_refused. So
// files that are written one after the other, or badly, never cost a connection.
class Certificates {
 public:
  // Reads and checks the files, all three of which must be named. Errors: Read's and Check's.
  static absl::StatusOr<std::unique_ptr<Certificates>> Open(const Files& files,
                                                            const base::Clock& clock,
                                                            metrics::Registry& metrics);

  // These must not be used for new connections once this object is gone.
  std::shared_ptr<grpc::ServerCredentials> Server(ClientCertificates clients) const;
  std::shared_ptr<grpc::ChannelCredentials> Channel() const;

 private:
  Certificates(const Files& files, Texts texts, AnonymousFile pair, AnonymousFile authority,
               const base::Clock& clock, metrics::Registry& metrics);

  Files given() const { return {pair_.path(), pair_.path(), authority_.path()}; }
  absl::Status Look();
  absl::Duration LookAgain();
  void Show(const Validity& validity);

  const Files files_;
  Texts texts_;          // in use; the thread's
  std::string refusal_;  // what was said last; the thread's
  // Key and certificate in one, so that nobody sees a pair that is none.
  AnonymousFile pair_;
  AnonymousFile authority_;
  const base::Clock& clock_;
  metrics::Gauge& certificate_end_;
  metrics::Gauge& authority_end_;
  metrics::Gauge& refused_;
  std::optional<lifecycle::Repeating> thread_;  // last: it uses the others
};

}  // namespace crm::tls
