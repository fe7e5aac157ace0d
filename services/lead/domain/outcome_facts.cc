#include "services/lead/domain/outcome_facts.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace crm::lead {
namespace {

struct SizeBand {
  int below;
  absl::string_view name;
};
constexpr SizeBand kSizeBands[] = {
    {10, "under 10"}, {50, "10 to 49"}, {250, "50 to 249"}, {1000, "250 to 999"}};

struct ResponseBand {
  absl::Duration most;
  absl::string_view name;
};
constexpr ResponseBand kResponseBands[] = {{absl::Hours(1), "within 1 hour"},
                                           {absl::Hours(24), "within 1 day"},
                                           {absl::Hours(24 * 7), "within 1 week"}};

Factor FactorOf(Criterion criterion) {
  switch (criterion) {
    case Criterion::kNeed:
      return Factor::kNeed;
    case Criterion::kAbility:
      return Factor::kAbility;
    case Criterion::kMarketPresence:
      return Factor::kMarketPresence;
    case Criterion::kTimeframe:
      return Factor::kTimeframe;
    case Criterion::kAuthority:
      return Factor::kAuthority;
    case Criterion::kUnspecified:
      break;
  }
  return Factor::kUnspecified;
}

std::string Folded(absl::string_view text) {
  std::string folded = absl::AsciiStrToLower(text);
  absl::RemoveExtraAsciiWhitespace(&folded);
  return folded;
}

void AddFact(Facts& facts, Factor factor, absl::string_view value) {
  if (!value.empty()) facts.push_back({factor, std::string(value)});
}

void AddOrganization(Facts& facts, const OrganizationFacts& organization) {
  AddFact(facts, Factor::kIndustry, Folded(organization.industry));
  AddFact(facts, Factor::kCountry, Folded(organization.country));
  if (organization.employee_count.has_value()) {
    AddFact(facts, Factor::kCompanySize, CompanySizeBand(*organization.employee_count));
  }
}

void AddFindings(Facts& facts, const Lead& lead) {
  for (const Assessment& assessment : lead.assessments) {
    if (assessment.finding == Finding::kUnknown || assessment.finding == Finding::kUnspecified) {
      continue;
    }
    AddFact(facts, FactorOf(assessment.criterion), NameOf(kFindingNames, assessment.finding));
  }
}

}  // namespace

bool IsFinding(Factor factor) { return factor >= Factor::kNeed; }

absl::string_view CompanySizeBand(int employees) {
  for (const SizeBand& band : kSizeBands) {
    if (employees < band.below) return band.name;
  }
  return "1000 and more";
}

absl::string_view ResponseTimeBand(absl::Duration response) {
  for (const ResponseBand& band : kResponseBands) {
    if (response <= band.most) return band.name;
  }
  return "later";
}

Facts FactsOf(const Lead& lead, absl::Time opened, const OrganizationFacts& organization) {
  Facts facts;
  if (lead.source != LeadSource::kUnspecified) {
    AddFact(facts, Factor::kSource, NameOf(kLeadSourceNames, lead.source));
  }
  if (lead.buying_role != BuyingRole::kUnspecified) {
    AddFact(facts, Factor::kBuyingRole, NameOf(kBuyingRoleNames, lead.buying_role));
  }
  AddOrganization(facts, organization);
  for (const std::string& interest : lead.interests) {
    AddFact(facts, Factor::kInterest, Folded(interest));
  }
  const std::optional<absl::Time>& response = lead.activities.first_response;
  if (response.has_value() && *response > opened) {
    AddFact(facts, Factor::kResponseTime, ResponseTimeBand(*response - opened));
  }
  AddFindings(facts, lead);
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

}  // namespace crm::lead
