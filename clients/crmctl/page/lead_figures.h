#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "clients/crmctl/page/asked.h"
#include "clients/crmctl/page/page.h"
#include "crm/lead/v1/report_service.pb.h"
#include "crm/opportunity/v1/report_service.pb.h"

namespace crm::crmctl {

// What a page shows of leads.
struct LeadFigures {
  Asked<lead::v1::QueryLeadFunnelRequest> by_source;
  Asked<lead::v1::QueryResponseTimeRequest> response_by_source;

  // `visit(asked)` for each of them, in this order.
  template <class Self, class Visit>
  static void ForEach(Self& self, Visit visit) {
    visit(self.by_source);
    visit(self.response_by_source);
  }
};

// Asks the lead service from where `view` looks, of the owners and lead sources of `scope`: the
// rest of it is not about leads. Blocks. Errors: those of the calls.
absl::StatusOr<LeadFigures> AskForLeads(const client::Client& client,
                                        const opportunity::v1::ReportView& view,
                                        const opportunity::v1::ReportScope& scope,
                                        const opportunity::v1::ReportPeriod& period);

// Leads by source, their funnel, and how long they waited.
Section LeadSection(const LeadFigures& figures);

// "5 min", "2 h", "3 days"; what is not whole in minutes.
std::string MinutesText(int minutes);

}  // namespace crm::crmctl
