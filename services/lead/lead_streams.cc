#include "services/lead/lead_streams.h"

#include "common/base/status.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/serving/erasures.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"
#include "services/lead/domain/personal_data.h"
#include "services/lead/sales/sales_effect.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

serving::SubscriptionPlan Erasures(const serving::Process& process) {
  return serving::FollowErasures(process,
                                 {"lead", PersonalDataOfLeads(), kLockLeadsOfContact, "leads"});
}

serving::SubscriptionPlan Sales(const LeadOptions& options) {
  return {
      .consumer = kSalesConsumer,
      .neighbour = "opportunity",
      .decode =
          [](const redis::StreamEntry& entry) { return stage::DecodeEntryOf(kSaleEvents, entry); },
      .effect = FollowSales,
      .concerns = stage::HasPayload,
      // Reports alone read it.
      .pace = absl::Milliseconds(250),
      .aged_out = serving::AgedOutNamed(options.aged_out_events),
      .rebuilds = true};
}

}  // namespace

std::vector<serving::SubscriptionPlan> PlansOf(const serving::Process& process,
                                               const LeadOptions& options) {
  return {Erasures(process), Sales(options)};
}

absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const LeadOptions& options) {
  CRM_ASSIGN_OR_RETURN(
      const auto contact,
      neighbours::EventChannelTo(options.contact_address, process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      const auto opportunity,
      neighbours::EventChannelTo(options.opportunity_address, process.neighbour_credentials));
  return std::vector<serving::Followed>{{Erasures(process), contact},
                                        {Sales(options), opportunity}};
}

}  // namespace crm::lead
