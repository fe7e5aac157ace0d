#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/lead/domain/enum_names.h"

namespace crm::lead {

// What a lead is judged by. AUTHORITY is a strong hint that never blocks a qualification.
enum class Criterion { kUnspecified, kNeed, kAbility, kMarketPresence, kTimeframe, kAuthority };

template <>
struct EnumNames<Criterion> {
  static constexpr absl::string_view kNames[] = {"UNSPECIFIED",     "NEED",      "ABILITY",
                                                 "MARKET_PRESENCE", "TIMEFRAME", "AUTHORITY"};
};

inline constexpr Criterion kCriteria[] = {Criterion::kNeed, Criterion::kAbility,
                                          Criterion::kMarketPresence, Criterion::kTimeframe,
                                          Criterion::kAuthority};

enum class Finding { kUnspecified, kMet, kPartlyMet, kNotMet, kUnknown };

template <>
struct EnumNames<Finding> {
  static constexpr absl::string_view kNames[] = {"UNSPECIFIED", "MET", "PARTLY_MET", "NOT_MET",
                                                 "UNKNOWN"};
};

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

template <>
struct EnumNames<EvidenceSource> {
  static constexpr absl::string_view kNames[] = {"UNSPECIFIED", "CALL",     "MEETING",  "EMAIL",
                                                 "WEB_FORM",    "REGISTRY", "DOCUMENT", "IMPORT"};
};

enum class BudgetStatus { kUnspecified, kNone, kPlanned, kApproved };

template <>
struct EnumNames<BudgetStatus> {
  static constexpr absl::string_view kNames[] = {"UNSPECIFIED", "NONE", "PLANNED", "APPROVED"};
};

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

}  // namespace crm::lead
