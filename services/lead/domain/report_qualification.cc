#include "services/lead/domain/report_qualification.h"

#include <algorithm>
#include <cstddef>

namespace crm::lead {
namespace {

// The visit that the last decision began; nullptr if the lead stands undecided.
const LeadVisit* DecisionOf(const SeenLead& lead) {
  const LeadVisit* decision = nullptr;
  LeadState before = LeadState::kUnspecified;
  for (const LeadVisit& visit : lead.visits) {
    switch (visit.state) {
      case LeadState::kQualified:
        // From CONVERTING it only falls back to what had been decided.
        if (before != LeadState::kConverting) decision = &visit;
        break;
      case LeadState::kDisqualified:
        decision = &visit;
        break;
      case LeadState::kConverting:
      case LeadState::kConverted:
        break;
      default:
        decision = nullptr;
    }
    before = visit.state;
  }
  return decision;
}

void AddVerdict(const Verdict& verdict, bool qualified, QualificationReport::Row& row) {
  QualificationReport::Decisions& decisions = row.verdicts[verdict.outcome];
  ++(qualified ? decisions.qualified : decisions.disqualified);
  (qualified ? row.qualified_scores : row.disqualified_scores).Add(verdict.score);
  row.scores.Add(verdict.score);
  for (const CriterionResult& result : verdict.results) {
    QualificationReport::Findings& findings = row.findings[result.criterion];
    findings.contribution += result.contribution;
    if (result.stale) {
      ++findings.stale;
    } else if (result.finding != Finding::kUnspecified) {
      ++findings.counts[static_cast<size_t>(result.finding) - 1];
    }
  }
}

}  // namespace

std::optional<double> Scores::Mean() const {
  if (scores_.empty()) return std::nullopt;
  int64_t sum = 0;
  for (const int score : scores_) sum += score;
  return static_cast<double>(sum) / static_cast<double>(scores_.size());
}

std::optional<int> Scores::Percentile(int percent) const {
  if (scores_.empty()) return std::nullopt;
  std::vector<int> sorted = scores_;
  const size_t rank = (sorted.size() * static_cast<size_t>(percent) + 99) / 100;
  const auto at = sorted.begin() + static_cast<ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(sorted.begin(), at, sorted.end());
  return *at;
}

void QualificationReport::Add(const SeenLead& lead) {
  const LeadVisit* const decision = DecisionOf(lead);
  if (decision == nullptr || !query_.InPeriod(decision->enter_time)) return;
  const bool qualified = decision->state == LeadState::kQualified;
  rows_.Add(query_, lead.facts, decision->owner, decision->enter_time, [&](Row& row) {
    ++(qualified ? row.decisions.qualified : row.decisions.disqualified);
    if (qualified && lead.facts.qualification_overridden) ++row.overridden;
    if (!qualified) ++row.reasons[lead.facts.disqualify_reason];
    if (lead.facts.verdict) AddVerdict(*lead.facts.verdict, qualified, row);
  });
}

}  // namespace crm::lead
