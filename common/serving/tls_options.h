#pragma once

#include "common/config/options.h"
#include "common/tls/pem.h"

namespace crm::serving {

// The flags by which a program speaks TLS: as server, and as client of its neighbours.
struct TlsOptions {
  tls::Files files;

  // Nothing but plain text without them; either all three are given or none.
  void AddTo(config::Options& options);
  bool Given() const { return !files.certificate.empty(); }
};

}  // namespace crm::serving
