#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "clients/cpp/client.h"
#include "tests/fault/fleet.h"

namespace crm::testing {

// How often something was done: surely, since it was acknowledged; and perhaps, since the call
// failed in a way that leaves it open.
struct Count {
  int64_t sure = 0;
  int64_t doubtful = 0;
};

// What servers have acknowledged, by resource names.
struct Deeds {
  std::set<std::string> contacts;
  std::set<std::string> leads;
  std::map<std::string, std::string> conversions;  // lead → opportunity
  std::map<std::string, Count> activities;         // by lead
  std::map<std::string, Count> moves;              // by opportunity, the opening included
};

// All of it is there, once: every thing exists, every conversion has ended well, and neither
// activities nor moves are fewer than the sure ones or more than the possible ones.
void ExpectKept(const Deeds& deeds, const client::Client& client);

// Waits until the fleet has nothing left to do, then expects that all deeds were kept and that all
// streams are whole and equal the histories. `redis_url` is the server that has the streams; empty:
// the fleet's.
void ExpectWhole(const Deeds& deeds, const Fleet& fleet, const std::string& redis_url = {});

}  // namespace crm::testing
