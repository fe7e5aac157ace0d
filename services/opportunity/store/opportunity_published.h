#pragma once

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "common/aggregate/revision.h"
#include "common/stage/record_change.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// How a field of an opportunity is published when a write changes it.
struct PublishedField {
  const char* name;  // as in OpportunityFieldTable
  // The value as docs/events.md spells it, empty if there is none; nullptr if values stay here:
  // what may be personal, and lists.
  std::string (*text)(const Opportunity& opportunity);
  // What a move says of itself does not tell it, so it is published also where a move changed it.
  bool beside_moves = false;
};

// One row for each field, in the order of OpportunityFieldTable.
absl::Span<const PublishedField> PublishedFields();

// What a write changed, to be published, but for its event id; nothing if its moves say it all.
// `before` is a new Opportunity if the write opened it.
std::optional<stage::RecordChange> PublishedChange(const Opportunity& before,
                                                   const Opportunity& after,
                                                   const aggregate::Revision& revision);

}  // namespace crm::opportunity
