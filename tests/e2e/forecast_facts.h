#pragma once

#include "clients/cpp/client.h"
#include "tests/e2e/report_facts.h"

namespace crm::testing {

// Adds what forecasts tell of the real data: as of twelve months' ends, by both clocks.
void AddForecasts(const client::Client& client, Figures& figures);

}  // namespace crm::testing
