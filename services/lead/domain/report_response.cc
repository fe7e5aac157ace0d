#include "services/lead/domain/report_response.h"

namespace crm::lead {

void ResponseReport::Add(const SeenLead& lead) {
  const absl::Time created = lead.created();
  if (!query_.InPeriod(created)) return;
  const std::string& owner = lead.response ? lead.response->owner : OwnerAtEnd(lead);
  rows_.Add(query_, lead.facts, owner, created, [&](Row& row) {
    ++row.leads;
    row.within.resize(minutes_.size());
    if (lead.response) {
      const absl::Duration wait = lead.response->time - created;
      row.waits.AddLeft(wait);
      for (size_t i = 0; i < minutes_.size(); ++i) {
        if (wait <= absl::Minutes(minutes_[i])) ++row.within[i];
      }
      return;
    }
    const FateOf fate = FateAt(lead, query_.view.at);
    if (fate.fate == LeadFate::kOpen) {
      row.waits.AddRunning(query_.view.at - created);
    } else {
      ++row.ended_without;
      row.waits.AddRunning(lead.visits.back().enter_time - created);
    }
  });
}

}  // namespace crm::lead
