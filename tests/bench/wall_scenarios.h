#pragma once

#include "tests/bench/field.h"

// What keeps tenants apart, and what it costs.
namespace crm::bench {

// CPU of service and PostgreSQL per call with row-level security, against the same stack without.
void Walls(Field& field);

// Switches row-level security of all tables.
void SetWalls(Field& field, bool on);

}  // namespace crm::bench
