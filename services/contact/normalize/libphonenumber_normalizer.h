#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "services/contact/domain/ports.h"

namespace crm::contact {

// PhoneNormalizer by libphonenumber. Numbers that cannot exist (too short, unknown country) are not
// understood.
class LibphonenumberNormalizer final : public PhoneNormalizer {
 public:
  // `region` is the server's, CLDR code as "CH"; empty: none. `tenants` have regions of their own,
  // by tenant.
  explicit LibphonenumberNormalizer(absl::string_view region,
                                    std::map<std::string, std::string, std::less<>> tenants = {})
      : region_(region), tenants_(std::move(tenants)) {}

  // Whether `region` is one that the constructor takes.
  static bool KnowsRegion(absl::string_view region);

  PhoneReading Read(absl::string_view number, absl::string_view region,
                    absl::string_view tenant) const override;

 private:
  std::string RegionFor(absl::string_view region, absl::string_view tenant) const;

  const std::string region_;
  const std::map<std::string, std::string, std::less<>> tenants_;
};

}  // namespace crm::contact
