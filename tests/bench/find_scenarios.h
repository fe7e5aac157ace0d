#pragma once

#include "tests/bench/field.h"

// How contacts are found among many (--many-rows, a million unless said otherwise).
namespace crm::bench {

// Upserts the contacts, on a stack of its own; then searches by names, beginnings, mistyped names,
// addresses and numbers, looks for duplicates, and counts how many of 1,000 persons who are written
// down otherwise are found, by kind.
void Find(Field& field);

}  // namespace crm::bench
