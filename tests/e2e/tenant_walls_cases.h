#pragma once

#include <string>
#include <vector>

namespace crm::testing {

// What a call of another tenant comes to.
enum class Stranger {
  kNotFound,  // refused with NOT_FOUND
  kUnmet,     // refused with FAILED_PRECONDITION: what it is to refer to or learn from is not there
  kMissing,   // answered: what was named is not there
  kOwn,       // answered with what is the caller's own
};

// A call, as protobuf text. $NAME stands for what an earlier case kept under NAME, $Tenant for a
// word that each tenant has in all of its texts, $slug for one that it has in its ids.
struct WallCase {
  std::string service;
  std::string method;
  std::string request;
  Stranger stranger = Stranger::kNotFound;
  std::string keep = {};  // NAME=path of a text in the answer
};

// Calls of the services' methods, in an order in which the first tenant finds all that it names.
// Methods without one are tried by names alone (TwoTenants::Named).
std::vector<WallCase> WallCases();

}  // namespace crm::testing
