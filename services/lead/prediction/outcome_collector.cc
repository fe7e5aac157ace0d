#include "services/lead/prediction/outcome_collector.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"

namespace crm::lead {
namespace {

constexpr size_t kLeadsAtATime = 1000;

// Whether it concerns one lead alone: the others can still be learned from.
bool OfOneLead(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsDataLoss(status) || absl::IsOutOfRange(status);
}

absl::Status CheckEnoughFinished(const std::vector<FinishedLead>& finished) {
  const int64_t converted = std::count_if(finished.begin(), finished.end(),
                                          [](const FinishedLead& it) { return it.converted; });
  return CheckEnough(converted, static_cast<int64_t>(finished.size()) - converted);
}

}  // namespace

absl::StatusOr<std::vector<Outcome>> OutcomeCollector::Collect(const std::string& tenant,
                                                               base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const std::vector<FinishedLead> finished,
                       outcomes_.Finished(tenant, kMostOutcomes, deadline));
  CRM_RETURN_IF_ERROR(CheckEnoughFinished(finished));
  std::vector<Outcome> collected;
  collected.reserve(finished.size());
  const auto all = absl::MakeConstSpan(finished);
  for (size_t at = 0; at < all.size(); at += kLeadsAtATime) {
    CRM_RETURN_IF_ERROR(Add(tenant, all.subspan(at, kLeadsAtATime), collected, deadline));
  }
  return collected;
}

absl::Status OutcomeCollector::Add(const std::string& tenant,
                                   absl::Span<const FinishedLead> finished,
                                   std::vector<Outcome>& collected, base::Deadline deadline) {
  std::vector<aggregate::Key> keys;
  for (const FinishedLead& each : finished) keys.push_back({tenant, each.id});
  const auto present = leads_.Get(keys, deadline);
  std::vector<Lead> leads;
  std::vector<base::Uuid> contacts;
  std::vector<const FinishedLead*> ends;
  for (size_t i = 0; i < finished.size(); ++i) {
    absl::StatusOr<Lead> lead = present[i];
    if (lead.ok() && lead->stage_version != finished[i].stage_version) continue;  // reopened
    if (lead.ok()) lead = AsItEnded(*lead, finished[i], deadline);
    if (!lead.ok() && !OfOneLead(lead.status())) return lead.status();
    if (!lead.ok()) {
      log::Warning("a finished lead is not learned from",
                   {{"lead", LeadName(finished[i].id)}, {"error", lead.status().ToString()}});
      continue;
    }
    contacts.push_back(lead->contact);
    ends.push_back(&finished[i]);
    leads.push_back(*std::move(lead));
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<OrganizationFacts> organizations,
                       organizations_.Find(tenant, contacts, deadline));
  for (size_t i = 0; i < leads.size(); ++i) {
    collected.push_back({leads[i].id, ends[i]->close_time, ends[i]->converted,
                         FactsOf(leads[i], ends[i]->open_time, organizations[i])});
  }
  return absl::OkStatus();
}

absl::StatusOr<Lead> OutcomeCollector::AsItEnded(const Lead& lead, const FinishedLead& finished,
                                                 base::Deadline deadline) const {
  if (!finished.close_revision.has_value() || *finished.close_revision == lead.revision) {
    return lead;
  }
  return reads_.AsOf(lead, *finished.close_revision, deadline);
}

absl::StatusOr<Facts> OutcomeCollector::Present(const aggregate::Key& key,
                                                base::Deadline deadline) {
  const auto found = leads_.Get(absl::MakeConstSpan(&key, 1), deadline);
  CRM_RETURN_IF_ERROR(found[0].status());
  const Lead& lead = *found[0];
  CRM_ASSIGN_OR_RETURN(const absl::Time opened, outcomes_.OpenTime(key, deadline));
  CRM_ASSIGN_OR_RETURN(
      const std::vector<OrganizationFacts> organizations,
      organizations_.Find(key.tenant, absl::MakeConstSpan(&lead.contact, 1), deadline));
  return FactsOf(lead, opened, organizations[0]);
}

}  // namespace crm::lead
