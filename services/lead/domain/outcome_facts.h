#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// What a prediction goes by. Nothing personal: no name, address or free text about a person, not
// the owner, not the contact itself.
enum class Factor {
  kUnspecified,
  kSource,
  kBuyingRole,
  kIndustry,
  kCompanySize,
  kCountry,
  kInterest,
  kResponseTime,
  kNeed,
  kAbility,
  kMarketPresence,
  kTimeframe,
  kAuthority
};

inline constexpr base::EnumName<Factor> kFactorNames[] = {
    {Factor::kUnspecified, "UNSPECIFIED"},
    {Factor::kSource, "SOURCE"},
    {Factor::kBuyingRole, "BUYING_ROLE"},
    {Factor::kIndustry, "INDUSTRY"},
    {Factor::kCompanySize, "COMPANY_SIZE"},
    {Factor::kCountry, "COUNTRY"},
    {Factor::kInterest, "INTEREST"},
    {Factor::kResponseTime, "RESPONSE_TIME"},
    {Factor::kNeed, "NEED"},
    {Factor::kAbility, "ABILITY"},
    {Factor::kMarketPresence, "MARKET_PRESENCE"},
    {Factor::kTimeframe, "TIMEFRAME"},
    {Factor::kAuthority, "AUTHORITY"}};

inline constexpr Factor kFactors[] = {
    Factor::kSource,  Factor::kBuyingRole,     Factor::kIndustry,     Factor::kCompanySize,
    Factor::kCountry, Factor::kInterest,       Factor::kResponseTime, Factor::kNeed,
    Factor::kAbility, Factor::kMarketPresence, Factor::kTimeframe,    Factor::kAuthority};

// Whether the factor is the finding on a criterion.
bool IsFinding(Factor factor);

// One value of one factor. A lead may have several interests, of all else one value at most; of
// what is not known it has none.
struct Fact {
  Factor factor = Factor::kUnspecified;
  std::string value;

  friend auto operator<=>(const Fact&, const Fact&) = default;
};
using Facts = std::vector<Fact>;  // in order of factor and value, none twice

// What is known of the organization that a lead's contact is, or belongs to.
struct OrganizationFacts {
  std::string industry;
  std::string country;
  std::optional<int> employee_count;
};

// The facts of a lead that was opened at `opened` (effective time). Texts count in lower case with
// single spaces. What is not known, and a finding UNKNOWN, is left out; so is a response that is
// not later than `opened`: there we began.
Facts FactsOf(const Lead& lead, absl::Time opened, const OrganizationFacts& organization);

// "under 10", "10 to 49", "50 to 249", "250 to 999", "1000 and more".
absl::string_view CompanySizeBand(int employees);
// "within 1 hour", "within 1 day", "within 1 week", "later". Of more than zero.
absl::string_view ResponseTimeBand(absl::Duration response);

}  // namespace crm::lead
