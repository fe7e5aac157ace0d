#pragma once

#include "tests/bench/field.h"

// The scenarios that are more than one kind of call in a loop.
namespace crm::bench {

// Moves a second that the service does when it is asked for as many as it can do.
double MoveCapacity(Field& field);

void Import(Field& field);
void Freshness(Field& field);
void Batching(Field& field);
void RelayBacklog(Field& field);

}  // namespace crm::bench
