#pragma once

#include <string>

#include "absl/strings/string_view.h"

// What the domain needs from outside.
namespace crm::contact {

// What a telephone number as typed says.
struct PhoneReading {
  std::string e164;       // "+41446681800"; empty if it cannot be understood
  std::string extension;  // digits; empty if there is none
  std::string error;      // why it cannot be understood; empty if it can
};

// Reads telephone numbers as people write them. Thread-safe, does not block.
class PhoneNormalizer {
 public:
  virtual ~PhoneNormalizer() = default;

  // A number without country code is one of `region` (CLDR code), or if that is empty of where the
  // tenant is.
  virtual PhoneReading Read(absl::string_view number, absl::string_view region,
                            absl::string_view tenant) const = 0;
};

}  // namespace crm::contact
