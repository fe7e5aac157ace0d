#include "services/lead/lead_options.h"

#include "common/serving/subscription.h"

namespace crm::lead {

void AddLeadOptions(config::Options& options, LeadOptions& values) {
  options.Choice("aged-out-events",
                 "what to do about events of opportunities that left their service's log unread",
                 &values.aged_out_events, serving::AgedOutNames());
}

}  // namespace crm::lead
