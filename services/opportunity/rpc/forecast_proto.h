#pragma once

#include <optional>

#include "crm/opportunity/v1/report_service.pb.h"
#include "services/opportunity/domain/forecast_change.h"
#include "services/opportunity/domain/report_forecast.h"

namespace crm::opportunity {

// Without keys.
void ToProto(const ForecastReport::Months::value_type& row, const std::optional<RateTable>& rates,
             v1::ForecastRow& message);
void ToProto(const ForecastComparison& comparison, const std::optional<RateTable>& rates,
             v1::CompareForecastsResponse& response);

}  // namespace crm::opportunity
