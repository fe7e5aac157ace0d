#pragma once

#include <string>
#include <vector>

#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"
#include "services/lead/domain/planned_field.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// What stands in the way of a conversion: a reason code, and the same in words.
struct ConversionObstacle {
  std::string reason;
  std::string text;

  friend bool operator==(const ConversionObstacle&, const ConversionObstacle&) = default;
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

// The lead as it would be ordered for.
Lead PlannedLead(const Lead& lead, const ConversionPlan& plan, const Occasion& occasion);

// Whether the contact can get the employer that was looked for. FAILED_PRECONDITION
// REFERENCE_NOT_FOUND if the organization that the request names is not there; STATE_INVALID if the
// contact is an organization itself.
absl::Status CheckEmployer(const Lead& lead, const ConversionFacts& facts,
                           const ConversionPlan& plan);

// By the rules of StartConversion and OrderFor; where the plan is to attach to an opportunity, by
// the attachment that the facts then have.
ConversionPreview PreviewOf(const Lead& lead, const ConversionPlan& plan,
                            const ConversionFacts& facts, const Occasion& occasion);

}  // namespace crm::lead
