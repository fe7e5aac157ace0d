#pragma once

#include <string>

#include "clients/cpp/client.h"

namespace crm::testing {

// The names met on the way from first contact to sale.
struct Walk {
  std::string organization;
  std::string person;
  std::string lead;
  std::string opportunity;
};

// Walks one customer through the stubs: organization, person, lead with a call, four criteria met,
// qualified, converted, every stage of the default pipeline with its gates met, won with `amount`
// (USD, minor units). Every call is expected to succeed.
Walk WalkToSale(const client::Client& client, const std::string& company, int64_t amount);

}  // namespace crm::testing
