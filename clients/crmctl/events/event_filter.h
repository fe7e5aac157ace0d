#pragma once

#include <set>
#include <string>

#include "crm/event/v1/stage_event.pb.h"

namespace crm::crmctl {

// Which events somebody wants to see; what is empty lets all through.
struct EventFilter {
  std::set<std::string> things;     // "contact", "account", "lead", "opportunity"
  std::set<std::string> to_stages;  // as the event spells them
  std::string subject;              // a resource name
  std::string tenant;

  bool Matches(const event::v1::StageChanged& change) const;
};

}  // namespace crm::crmctl
