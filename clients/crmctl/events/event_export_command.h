#pragma once

#include <CLI/CLI.hpp>

#include "clients/crmctl/session.h"

namespace crm::crmctl {

// Adds "export": a service's log into a file, or, where the log has several partitions, into one
// for each; resumable.
void AddEventExport(CLI::App* group, Session* session);

}  // namespace crm::crmctl
