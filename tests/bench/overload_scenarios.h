#pragma once

#include "tests/bench/field.h"

namespace crm::bench {

// Three times the capacity, a database that stands still, 10,000 calls at once.
void Overload(Field& field);

}  // namespace crm::bench
