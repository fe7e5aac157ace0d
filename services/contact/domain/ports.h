#pragma once

#include <string>

#include "absl/strings/string_view.h"

// What the domain needs from outside.
namespace crm::contact {

// Reads telephone numbers as people write them. Thread-safe, does not block.
class PhoneNormalizer {
 public:
  virtual ~PhoneNormalizer() = default;

  // The number in E.164 ("+41446681800"), or empty if it cannot be understood.
  virtual std::string E164(absl::string_view number) const = 0;
};

}  // namespace crm::contact
