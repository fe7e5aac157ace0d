#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/uuid.h"

namespace crm::contact {

// Numbered as v1.ErasureReason.
enum class ErasureReason { kPersonRequest = 1, kConsentWithdrawn, kRetentionOver, kOther };

inline constexpr base::EnumName<ErasureReason> kErasureReasonNames[] = {
    {ErasureReason::kPersonRequest, "PERSON_REQUEST"},
    {ErasureReason::kConsentWithdrawn, "CONSENT_WITHDRAWN"},
    {ErasureReason::kRetentionOver, "RETENTION_OVER"},
    {ErasureReason::kOther, "OTHER"},
};

// Who keeps something of contacts; the first is the service itself.
inline constexpr const char* kErasingServices[] = {"contact", "lead", "opportunity"};

// How long after an erasure all look once more: calls that were under way have ended by then, and
// nobody remembers any more that the contact was there.
inline constexpr absl::Duration kLookAgainAfter = absl::Hours(1);

// What one service has done.
struct ErasurePart {
  std::string service;
  std::optional<absl::Time> first_time;
  std::optional<absl::Time> last_time;  // nothing: it has not done yet what it was asked last
  std::vector<std::pair<std::string, int64_t>> erased;  // rows by table

  bool operator==(const ErasurePart&) const = default;
};

// That a contact is erased, and how far that has come.
struct Erasure {
  std::string tenant;
  base::Uuid contact;
  ErasureReason reason = ErasureReason::kOther;
  std::string actor;
  absl::Time erase_time;
  std::optional<absl::Time> again_time;
  std::optional<absl::Time> done_time;
  std::vector<ErasurePart> parts;       // in order of kErasingServices
  std::vector<base::Uuid> merged = {};  // what was part of it and is erased along; all is of all

  bool operator==(const Erasure&) const = default;
};

// One erasure of what is erased together: done when all are. The first is the one that the others
// were part of; there is at least one.
Erasure Joined(std::vector<Erasure> erasures);

// Those that are not done.
struct OpenErasures {
  int64_t count = 0;
  std::optional<absl::Time> oldest;  // since when one waits for answers
};

}  // namespace crm::contact
