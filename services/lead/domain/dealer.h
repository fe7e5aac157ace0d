#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "services/lead/domain/assignment_rules.h"

namespace crm::lead {

// Who got the last lead of each rule that deals in turn, by the name of the rule.
using Turns = std::map<std::string, std::string>;

// How many live leads each agent has.
using Loads = absl::flat_hash_map<std::string, int64_t>;

// Deals leads by rules. Whoever is in the same team gets as many as any other, one more or less, as
// long as the team stays as it is. Not thread-safe: what it goes by is locked while it deals.
class Dealer {
 public:
  Dealer(Turns turns, Loads loads) : turns_(std::move(turns)), loads_(std::move(loads)) {}

  // Who gets the next lead by `rule`. An agent who has left the team since his turn is followed by
  // the first one.
  std::string Next(const AssignmentRule& rule);

  // As they are after what was dealt.
  const Turns& turns() const { return turns_; }

 private:
  const std::string& InTurn(const AssignmentRule& rule) const;
  const std::string& LeastLoaded(const AssignmentRule& rule) const;

  Turns turns_;
  Loads loads_;
};

// Forgets the turns of rules that are no more.
void KeepTurnsOf(const AssignmentRules& rules, Turns& turns);

}  // namespace crm::lead
