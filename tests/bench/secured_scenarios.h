#pragma once

#include "tests/bench/field.h"

// What it costs that nobody gets in who does not belong.
namespace crm::bench {

// Get and Move with tokens and row-level security against the same stack without either, and
// against a stack with TLS, in turn. Then what a token costs the service: one it has seen, one it
// has not.
void Secured(Field& field);

}  // namespace crm::bench
