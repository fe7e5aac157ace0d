#pragma once

#include "common/aggregate/fields.h"
#include "services/lead/domain/report_story.h"

namespace crm::lead {

// The fields that reports go by, as the history of fields names them.
aggregate::Fields<LeadFacts> ReportFieldTable();

}  // namespace crm::lead
