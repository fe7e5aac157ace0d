#pragma once

#include "tests/bench/field.h"

// What reports take over a long history.
namespace crm::bench {

// Makes --many-rows opportunities with five stage changes and ten edits each, on a stack of its
// own; asks each kind of report, and then calls while reports run.
void Reports(Field& field);

// The same of as many leads, with some four moves each.
void LeadReports(Field& field);

}  // namespace crm::bench
