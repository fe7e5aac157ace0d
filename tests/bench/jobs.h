#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/load.h"

// What a client does, call by call.
namespace crm::bench {

Job HealthCheck();  // an empty call
Job GetSeeded(int64_t rows);
Job BatchGetSeeded(int64_t rows, int names);
Job ListByOwner();
// Moves seeded rows first … first + count - 1 in turn, there and back on alternate visits; goes on
// where it stopped when used again. Ranges must not overlap within a stack; of several stacks each
// has a number.
Job MoveSeeded(int64_t first, int64_t count, int stack = 0);
Job UpdateSeeded(int64_t rows);  // one short field
Job CreateContact();
Job CreateLead(const std::string& contact);
Job Assess(uint64_t seed, uint64_t leads);  // of leads made by QualifiedLeads(seed)
Job Convert(uint64_t seed);                 // of leads made by QualifiedLeads(seed)
Job Walk(bool won);                         // contact, lead, qualify, convert, won or lost

// Makes contact `seed`/0 and returns its name; aborts on failure.
std::string MakeContact(client::AsyncCalls& calls);
// Makes qualified leads IdOf(seed, 0 … count-1) of a contact.
void QualifiedLeads(client::AsyncCalls& calls, uint64_t seed, uint64_t count,
                    const std::string& contact);

}  // namespace crm::bench
