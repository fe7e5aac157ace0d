#pragma once

#include "tests/bench/field.h"

namespace crm::bench {

// One tenant at ten times its rate: what another one's calls take, without turns and limits, with
// turns, and with both.
void Tenants(Field& field);

}  // namespace crm::bench
