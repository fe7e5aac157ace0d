#pragma once

#include <absl/time/time.h>

#include <string>

#include "crm/lead/v1/lead.pb.h"
#include "crm/lead/v1/qualification_policy.pb.h"

namespace crm::crmctl {

// A lead for whoever is to sell to it: where it stands, a bar of its score, each criterion with the
// evidence and when that goes stale, what is missing to qualify, and what is to be done next. In
// lines of about 100 columns, UTF-8. `verdict` is as of now, by `policy`.
std::string LeadReport(const lead::v1::Lead& lead, const lead::v1::Verdict& verdict,
                       const lead::v1::QualificationPolicy& policy, absl::Time now);

// "███████░░░": `width` cells for 0 to 100.
std::string ScoreBar(int score, int width);

// "today", "yesterday", "3 days ago", "in 2 days", by whole days UTC.
std::string DayText(absl::CivilDay day, absl::Time now);
// "40 min", "5 h", "3 days".
std::string DurationText(absl::Duration duration);

}  // namespace crm::crmctl
