#pragma once

#include <absl/time/time.h>
#include <absl/types/span.h>

#include <string>
#include <vector>

#include "crm/lead/v1/lead.pb.h"

namespace crm::crmctl {

// A lead that asks to be worked on, and why.
struct InboxItem {
  lead::v1::Lead lead;
  int urgency = 0;                   // the sum of what its reasons weigh
  std::vector<std::string> reasons;  // the weightiest first
};

// Of `leads`, which are NEW, WORKING or QUALIFIED, those that there is a reason to work on now, the
// most urgent first, at most `limit`; equal ones in the order given. Reasons: a next step that is
// overdue or due today, no answer yet, qualified but not converted, stale evidence or soon, a high
// score that nobody works on, nothing planned.
std::vector<InboxItem> InboxOf(absl::Span<const lead::v1::Lead> leads, absl::Time now,
                               size_t limit);

}  // namespace crm::crmctl
