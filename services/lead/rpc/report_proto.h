#pragma once

#include "absl/time/time.h"
#include "crm/lead/v1/report_service.pb.h"
#include "services/lead/domain/report_conversion.h"
#include "services/lead/domain/report_lead_funnel.h"
#include "services/lead/domain/report_qualification.h"
#include "services/lead/domain/report_query.h"
#include "services/lead/domain/report_response.h"

namespace crm::lead {

// Of a checked request; `now` for what it leaves open.
ReportQuery QueryFrom(const v1::ReportView& view, const v1::ReportScope& scope,
                      const v1::ReportGroups& groups, const v1::ReportPeriod& period,
                      absl::Time now);

// Without keys.
void ToProto(const LeadFunnelReport::Row& row, v1::LeadFunnelRow& message);
// `minutes`, `days`: as the report was given.
void ToProto(const ResponseReport::Row& row, const std::vector<int>& minutes,
             v1::ResponseRow& message);
void ToProto(const QualificationReport::Row& row, v1::QualificationRow& message);
void ToProto(const ConversionReport::Row& row, const std::vector<int>& days,
             v1::ConversionRow& message);

}  // namespace crm::lead
