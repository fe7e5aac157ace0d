#pragma once

#include <vector>

#include "common/serving/service.h"
#include "services/contact/contact_options.h"

namespace crm::contact {

// What an operator can order of the contact program beside serving: "dead-letters", "consumers",
// "forget-orphans", "index-contacts", "erasures" and "renormalize". `values` outlives the run.
std::vector<serving::Command> ContactCommands(const ContactOptions& values);

}  // namespace crm::contact
