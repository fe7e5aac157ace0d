#pragma once

#include <CLI/CLI.hpp>

#include "clients/crmctl/session.h"

namespace crm::crmctl {

// Adds "watch": events of one service as they come, by SubscribeStageEvents.
void AddEventWatch(CLI::App* group, Session* session);

}  // namespace crm::crmctl
