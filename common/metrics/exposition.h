#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "common/metrics/registry.h"

namespace prometheus {
class Exposer;
}  // namespace prometheus

namespace crm::metrics {

// Serves a registry over HTTP at /metrics on threads of its own until destroyed.
class Exposition {
 public:
  // `address` is host:port; port 0 takes a free one. UNAVAILABLE when it cannot be listened on.
  // The registry must outlive the exposition.
  static absl::StatusOr<std::unique_ptr<Exposition>> Start(const Registry& registry,
                                                           const std::string& address);
  ~Exposition();
  Exposition(const Exposition&) = delete;
  Exposition& operator=(const Exposition&) = delete;

  int Port() const;

 private:
  explicit Exposition(std::unique_ptr<prometheus::Exposer> exposer);

  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace crm::metrics
