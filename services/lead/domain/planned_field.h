#pragma once

#include <string>

namespace crm::lead {

// Where a field of the opportunity would come from.
enum class FieldOrigin { kUnspecified, kRequest, kLead, kDefault, kOpportunity };

// A field of the opportunity as it would be; of a list, one entry.
struct PlannedField {
  std::string field;
  std::string value;
  FieldOrigin origin = FieldOrigin::kUnspecified;

  friend bool operator==(const PlannedField&, const PlannedField&) = default;
};

}  // namespace crm::lead
