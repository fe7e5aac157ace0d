#pragma once

#include "common/log/line_queue.h"

namespace crm::log {

// From now on the process, when it exits or is killed by an error of its own (SIGABRT, SIGSEGV, …),
// waits half a second at most for the sink to have everything. `queue` lives as long as the
// process. To be called once.
void FlushAtExit(const LineQueue* queue);

}  // namespace crm::log
