#include "services/opportunity/opportunity_streams.h"

#include "common/base/status.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/serving/erasures.h"
#include "services/opportunity/domain/personal_data.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {

serving::SubscriptionPlan ErasuresOf(const serving::Process& process) {
  return serving::FollowErasures(process, {"opportunity", PersonalDataOfOpportunities(),
                                           statements::kLockOfContact, "opportunities"});
}

absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const OpportunityOptions& options) {
  CRM_ASSIGN_OR_RETURN(
      const auto contact,
      neighbours::EventChannelTo(options.contact_address, process.neighbour_credentials));
  return std::vector<serving::Followed>{{ErasuresOf(process), contact}};
}

}  // namespace crm::opportunity
