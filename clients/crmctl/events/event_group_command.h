#pragma once

#include <CLI/CLI.hpp>

#include "clients/crmctl/session.h"

namespace crm::crmctl {

// Adds "groups": the consumer groups on the streams of Redis, and how far behind the logs they are.
void AddEventGroups(CLI::App* group, Session* session);

}  // namespace crm::crmctl
