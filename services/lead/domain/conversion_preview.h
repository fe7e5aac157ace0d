#pragma once

#include <string>
#include <vector>

#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// What stands in the way of a conversion: a reason code, and the same in words.
struct ConversionObstacle {
  std::string reason;
  std::string text;

  friend bool operator==(const ConversionObstacle&, const ConversionObstacle&) = default;
};

// Where a field of the opportunity would come from.
enum class FieldOrigin { kUnspecified, kRequest, kLead, kDefault };

// A field of the opportunity as it would be; of a list, one entry.
struct PlannedField {
  std::string field;
  std::string value;
  FieldOrigin origin = FieldOrigin::kUnspecified;

  friend bool operator==(const PlannedField&, const PlannedField&) = default;
};

// What a conversion would do.
struct ConversionPreview {
  std::vector<ConversionObstacle> obstacles;  // none: it would begin, and nothing seen refuses it
  std::vector<PlannedField> fields;
};

// Where nothing else is asked for.
inline constexpr char kDefaultPipeline[] = "pipelines/default";

// ABORTED PLAN_MOVED. Metadata: moved.
absl::Status PlanMoved(absl::string_view moved);

// By the rules of StartConversion and OrderFor.
ConversionPreview PreviewOf(const Lead& lead, const ConversionPlan& plan,
                            const ConversionFacts& facts, const Occasion& occasion);

}  // namespace crm::lead
