#include "services/lead/domain/dealer.h"

#include <algorithm>
#include <iterator>

namespace crm::lead {

std::string Dealer::Next(const AssignmentRule& rule) {
  std::string owner = rule.way == AssignmentWay::kLeastLoaded ? LeastLoaded(rule) : InTurn(rule);
  if (rule.way == AssignmentWay::kRoundRobin) turns_[rule.name] = owner;
  ++loads_[owner];
  return owner;
}

const std::string& Dealer::InTurn(const AssignmentRule& rule) const {
  const auto last = turns_.find(rule.name);
  if (last == turns_.end()) return rule.team.front();
  const auto at = std::find(rule.team.begin(), rule.team.end(), last->second);
  const bool wraps = at == rule.team.end() || std::next(at) == rule.team.end();
  return wraps ? rule.team.front() : *std::next(at);
}

const std::string& Dealer::LeastLoaded(const AssignmentRule& rule) const {
  const auto load = [this](const std::string& agent) {
    const auto at = loads_.find(agent);
    return at == loads_.end() ? 0 : at->second;
  };
  return *std::min_element(rule.team.begin(), rule.team.end(),
                           [&](const auto& a, const auto& b) { return load(a) < load(b); });
}

void KeepTurnsOf(const AssignmentRules& rules, Turns& turns) {
  std::erase_if(turns, [&](const auto& turn) {
    return std::none_of(rules.rules.begin(), rules.rules.end(),
                        [&](const AssignmentRule& rule) { return rule.name == turn.first; });
  });
}

}  // namespace crm::lead
