#pragma once

#include "tests/bench/field.h"

// What keeps tenants apart, and what it costs.
namespace crm::bench {

// CPU of service and PostgreSQL per call with row-level security, against the same stack without.
void Walls(Field& field);

}  // namespace crm::bench
