#include "services/lead/domain/report_conversion.h"

#include <algorithm>
#include <optional>

namespace crm::lead {
namespace {

using report::OutcomeCurve;
using Outcome = OutcomeCurve::Outcome;

void AddConversion(const SeenLead& lead, absl::Duration seen, ConversionReport::Row& row) {
  const LeadVisit& last = lead.visits.back();
  const absl::Duration after = last.enter_time - lead.created();
  if (last.state == LeadState::kConverted) {
    ++row.converted;
    row.until_converted.Add(after);
    row.conversions.Add(after, Outcome::kWon);
  } else if (last.state == LeadState::kDisqualified) {
    ++row.disqualified;
    row.conversions.Add(after, Outcome::kLost);
  } else {
    row.conversions.Add(seen, Outcome::kOpen);
  }
}

// A sale that is said to have been won before the lead came in was won at once.
void AddSale(const SeenLead& lead, absl::Time at, ConversionReport::Row& row) {
  const FateOf fate = FateAt(lead, at);
  const absl::Duration after = std::max(fate.time - lead.created(), absl::ZeroDuration());
  switch (fate.fate) {
    case LeadFate::kOpen:
    case LeadFate::kConverted:
      row.sales.Add(at - lead.created(), Outcome::kOpen);
      break;
    case LeadFate::kDisqualified:
      row.sales.Add(after, Outcome::kLost);
      break;
    case LeadFate::kLost:
      ++row.lost;
      row.sales.Add(after, Outcome::kLost);
      break;
    case LeadFate::kWon:
      ++row.won;
      row.sales.Add(after, Outcome::kWon);
      break;
  }
}

}  // namespace

void ConversionReport::Add(const SeenLead& lead) {
  if (!query_.InPeriod(lead.created())) return;
  rows_.Add(query_, lead.facts, OwnerAtEnd(lead), lead.created(),
            [&](Row& row) { AddTo(lead, row); });
}

void ConversionReport::AddTo(const SeenLead& lead, Row& row) const {
  ++row.created;
  const absl::Duration seen = query_.view.at - lead.created();
  AddConversion(lead, seen, row);
  AddSale(lead, query_.view.at, row);
  const bool converted = lead.facts.state == LeadState::kConverted;
  const absl::Duration after = lead.visits.back().enter_time - lead.created();
  row.mature.resize(days_.size());
  for (size_t i = 0; i < days_.size(); ++i) {
    const absl::Duration days = absl::Hours(24) * days_[i];
    if (seen < days) continue;
    ++row.mature[i].leads;
    if (converted && after <= days) ++row.mature[i].converted;
  }
}

}  // namespace crm::lead
