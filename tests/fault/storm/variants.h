#pragma once

#include <string>
#include <vector>

#include "tests/fault/storm/storm.h"

namespace crm::testing {

// A way of doing it that is known to be bad, in a short storm that shows it.
struct Variant {
  const char* name;
  const char* promise_broken;  // the kind of fault that the judge must find
  void (*run)(StormStores&, Verdict&);
};

// The relay publishes without comparing, also after a Redis or a node of a cluster has come back
// with less, or before its numbers are durable; commits are acknowledged before they are durable;
// answers are not kept. `verdict` is what the judge said of it.
extern const std::vector<Variant> kVariants;

}  // namespace crm::testing
