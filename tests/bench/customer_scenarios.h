#pragma once

#include "tests/bench/field.h"

// The steps of a customer from contact to sale, each in a loop and all together; and how cost and
// memory go with the size of it all.
namespace crm::bench {

void Contacts(Field& field);
void Leads(Field& field);
void Assessments(Field& field);
void Conversions(Field& field);
void Walks(Field& field);
void Growth(Field& field);
void Memory(Field& field);

}  // namespace crm::bench
