#pragma once

#include <CLI/CLI.hpp>

#include "clients/crmctl/session.h"

namespace crm::crmctl {

// For those who keep a copy. Adds "verify", which proves that an export is what the service has,
// and "stages", which tells where each thing is and from where to follow on.
void AddEventCopyCommands(CLI::App* group, Session* session);

}  // namespace crm::crmctl
