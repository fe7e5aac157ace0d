#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

namespace crm::lead {

// What a lead is judged by. AUTHORITY is a strong hint that never blocks a qualification.
enum class Criterion { kUnspecified, kNeed, kAbility, kMarketPresence, kTimeframe, kAuthority };

inline constexpr base::EnumName<Criterion> kCriterionNames[] = {
    {Criterion::kUnspecified, "UNSPECIFIED"}, {Criterion::kNeed, "NEED"},
    {Criterion::kAbility, "ABILITY"},         {Criterion::kMarketPresence, "MARKET_PRESENCE"},
    {Criterion::kTimeframe, "TIMEFRAME"},     {Criterion::kAuthority, "AUTHORITY"}};

inline constexpr Criterion kCriteria[] = {Criterion::kNeed, Criterion::kAbility,
                                          Criterion::kMarketPresence, Criterion::kTimeframe,
                                          Criterion::kAuthority};

enum class Finding { kUnspecified, kMet, kPartlyMet, kNotMet, kUnknown };

inline constexpr base::EnumName<Finding> kFindingNames[] = {{Finding::kUnspecified, "UNSPECIFIED"},
                                                            {Finding::kMet, "MET"},
                                                            {Finding::kPartlyMet, "PARTLY_MET"},
                                                            {Finding::kNotMet, "NOT_MET"},
                                                            {Finding::kUnknown, "UNKNOWN"}};

enum class EvidenceSource {
  kUnspecified,
  kCall,
  kMeeting,
  kEmail,
  kWebForm,
  kRegistry,
  kDocument,
  kImport
};

inline constexpr base::EnumName<EvidenceSource> kEvidenceSourceNames[] = {
    {EvidenceSource::kUnspecified, "UNSPECIFIED"}, {EvidenceSource::kCall, "CALL"},
    {EvidenceSource::kMeeting, "MEETING"},         {EvidenceSource::kEmail, "EMAIL"},
    {EvidenceSource::kWebForm, "WEB_FORM"},        {EvidenceSource::kRegistry, "REGISTRY"},
    {EvidenceSource::kDocument, "DOCUMENT"},       {EvidenceSource::kImport, "IMPORT"}};

enum class BudgetStatus { kUnspecified, kNone, kPlanned, kApproved };

inline constexpr base::EnumName<BudgetStatus> kBudgetStatusNames[] = {
    {BudgetStatus::kUnspecified, "UNSPECIFIED"},
    {BudgetStatus::kNone, "NONE"},
    {BudgetStatus::kPlanned, "PLANNED"},
    {BudgetStatus::kApproved, "APPROVED"}};

// What was found on one criterion of one lead. Append-only: a later one supersedes, never erases.
struct Assessment {
  base::Uuid id;
  Criterion criterion = Criterion::kUnspecified;
  Finding finding = Finding::kUnspecified;
  std::string observation;
  EvidenceSource source = EvidenceSource::kUnspecified;
  std::string assessor;
  absl::Time observe_time;  // the age of the evidence counts from here
  absl::Time record_time;
  std::optional<absl::CivilDay> expected_purchase_date;  // TIMEFRAME only
  std::optional<base::Money> budget;                     // ABILITY only
  BudgetStatus budget_status = BudgetStatus::kUnspecified;

  friend bool operator==(const Assessment&, const Assessment&) = default;
};

// Puts `assessment` among the current ones (at most one per criterion, in order of criterion)
// unless the one there is later by observe time, then by record time.
void Supersede(std::vector<Assessment>& current, const Assessment& assessment);

// Whether it had been observed and was on record at `time`.
bool IsOnRecordAt(const Assessment& assessment, absl::Time time);

// The current ones as of `time`: of those of `now`, and of `then`, which were the current ones at
// that time as far as `now` does not tell, those that were on record.
std::vector<Assessment> OnRecordAt(absl::Time time, absl::Span<const Assessment> now,
                                   absl::Span<const Assessment> then);

}  // namespace crm::lead
