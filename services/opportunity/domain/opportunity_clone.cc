#include "services/opportunity/domain/opportunity_clone.h"

#include <array>

namespace crm::opportunity {
namespace {

struct Fact {
  absl::string_view name;
  void (*copy)(const Opportunity&, Opportunity&);
};

constexpr Fact kFacts[] = {
    {"owner", [](const Opportunity& from, Opportunity& to) { to.owner = from.owner; }},
    {"team", [](const Opportunity& from, Opportunity& to) { to.team = from.team; }},
    {"amount", [](const Opportunity& from, Opportunity& to) { to.amount = from.amount; }},
    {"line_items",
     [](const Opportunity& from, Opportunity& to) {
       to.line_items = from.line_items;
       if (!from.line_items.empty()) to.amount = from.amount;
     }},
    {"attributes",
     [](const Opportunity& from, Opportunity& to) { to.attributes = from.attributes; }},
    {"contact_roles",
     [](const Opportunity& from, Opportunity& to) { to.contact_roles = from.contact_roles; }},
    {"interests", [](const Opportunity& from, Opportunity& to) { to.interests = from.interests; }},
};

}  // namespace

absl::Span<const absl::string_view> ClonedFacts() {
  static constexpr auto kNames = [] {
    std::array<absl::string_view, std::size(kFacts)> names;
    for (size_t i = 0; i < names.size(); ++i) names[i] = kFacts[i].name;
    return names;
  }();
  return kNames;
}

Opportunity CloneOf(const Opportunity& source, absl::Span<const std::string> facts) {
  Opportunity clone;
  clone.tenant = source.tenant;
  clone.display_name = source.display_name;
  clone.contact = source.contact;
  clone.pipeline = source.pipeline;
  clone.cloned_from = source.id;
  for (const Fact& fact : kFacts) {
    bool wanted = facts.empty();
    for (const std::string& name : facts) wanted |= name == fact.name;
    if (wanted) fact.copy(source, clone);
  }
  return clone;
}

}  // namespace crm::opportunity
