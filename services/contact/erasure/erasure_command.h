#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/event/event_source.h"
#include "services/contact/store/erasure_store.h"

namespace crm::contact {

// "erasures" prints those that are not done: tenant, contact, since when, who still has to.
// "erasures replay" makes all that are known again, here and in the other services: those in this
// database, and those that the neighbours have answered, which a database restored to before them
// does not know. For after a restore of any of the three. Prints how many.
absl::Status RunErasures(const ErasureStore& erasures, absl::Span<event::EventSource* const> logs,
                         const base::Clock& clock, const std::vector<std::string>& arguments);

}  // namespace crm::contact
