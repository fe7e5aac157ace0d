#pragma once

namespace crm::testing {

// From now on what clients of this process are told when a call fails is kept (see leaks.h), by
// whatever channel that is made later. Returns true, so that a constant can do it before main; once
// is enough.
bool WatchCallErrors();

}  // namespace crm::testing
