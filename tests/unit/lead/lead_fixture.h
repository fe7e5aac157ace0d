#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/error/error.h"
#include "services/lead/domain/lead.h"

namespace crm::lead::testing {

inline const absl::Time kStart = absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone());

inline base::Uuid IdOf(uint64_t n) { return base::Uuid(0x7000, n); }

inline Occasion At(absl::Time now, std::optional<absl::Time> effective = std::nullopt) {
  static uint64_t events = 1000;
  return {now, effective, IdOf(++events), "agent", "", ""};
}

inline Lead NewLead() {
  Lead lead;
  lead.tenant = "acme";
  lead.id = IdOf(1);
  lead.contact = IdOf(2);
  lead.owner = "agent";
  lead.revision = 1;
  const absl::Status opened = Open(lead, At(kStart));
  if (!opened.ok()) std::abort();
  return lead;
}

// The lead as it is read back once it has been written.
inline Lead AsLoaded(Lead lead) {
  lead.stage_changes.clear();
  lead.new_activities.clear();
  lead.edited_activities.clear();
  lead.new_assessments.clear();
  return lead;
}

inline Conversion AConversion(uint64_t request = 50) {
  Conversion conversion;
  conversion.request_id = IdOf(request);
  conversion.id = ConversionIdOf("acme", conversion.request_id);
  conversion.request_hash = "0123456789abcdef";
  conversion.opportunity = OpportunityIdOf(conversion.id);
  conversion.plan.display_name = "A sale";
  return conversion;
}

// A lead in `state`, entered at kStart, with nothing else done to it.
inline Lead LeadIn(LeadState state) {
  Lead lead = NewLead();
  lead.state = state;
  if (state == LeadState::kConverting || state == LeadState::kConverted) {
    lead.conversion = AConversion();
    lead.conversion->effective_time = kStart;
    lead.conversion->state =
        state == LeadState::kConverting ? ConversionState::kStarted : ConversionState::kCompleted;
  }
  return AsLoaded(std::move(lead));
}

inline Assessment Found(Criterion criterion, Finding finding, absl::Time observed = kStart) {
  Assessment assessment;
  assessment.id = IdOf(100 + static_cast<uint64_t>(criterion));
  assessment.criterion = criterion;
  assessment.finding = finding;
  assessment.source = EvidenceSource::kCall;
  assessment.observe_time = observed;
  assessment.record_time = observed;
  return assessment;
}

inline Activity Did(ActivityType type, ActivityDirection direction, absl::Time when = kStart) {
  Activity activity;
  activity.id = IdOf(200);
  activity.type = type;
  activity.direction = direction;
  activity.occur_time = when;
  activity.record_time = when;
  return activity;
}

inline std::vector<Assessment> FullEvidence() {
  return {Found(Criterion::kNeed, Finding::kMet), Found(Criterion::kAbility, Finding::kMet),
          Found(Criterion::kMarketPresence, Finding::kMet),
          Found(Criterion::kTimeframe, Finding::kMet)};
}

inline std::string MetadataOf(const absl::Status& status, const std::string& key) {
  const auto details = error::DetailsOf(status);
  if (!details) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace crm::lead::testing
