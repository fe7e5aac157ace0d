#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/contact/domain/ports.h"

namespace crm::contact {

// PhoneNormalizer by libphonenumber. A number without country code is read as one of `region`.
// Numbers that cannot exist (too short, unknown country) give the empty string.
class LibphonenumberNormalizer final : public PhoneNormalizer {
 public:
  // ISO 3166-1 alpha-2, e.g. "CH"; empty: only numbers with a country code are understood.
  explicit LibphonenumberNormalizer(absl::string_view region) : region_(region) {}

  // Whether `region` is one that the constructor takes.
  static bool KnowsRegion(absl::string_view region);

  std::string E164(absl::string_view number) const override;

 private:
  const std::string region_;
};

}  // namespace crm::contact
