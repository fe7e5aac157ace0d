#include "common/serving/tls_options.h"

#include <optional>
#include <string>

namespace crm::serving {

void TlsOptions::AddTo(config::Options& options) {
  options
      .Text("tls-cert",
            "PEM file with the certificate of the process, as server and as client of its "
            "neighbours, and what leads to the authority; read again when it changes",
            &files.certificate)
      .Text("tls-key", "PEM file with its key", &files.key)
      .Text("tls-ca", "PEM file with the authorities that clients and neighbours are certified by",
            &files.authority)
      .Check([this]() -> std::optional<std::string> {
        const int given = int{!files.certificate.empty()} + int{!files.key.empty()} +
                          int{!files.authority.empty()};
        if (given == 0 || given == 3) return std::nullopt;
        return "--tls-cert, --tls-key and --tls-ca go together";
      });
}

}  // namespace crm::serving
