#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/merge_field.h"

// What becomes of the fields of contacts that are merged.
namespace crm::contact {

inline constexpr size_t kMostMerged = 50;  // at once, into one

// Whose value a field gets.
struct MergeChoice {
  std::string field;
  base::Uuid contact;
};

// A field of the survivor that a merge changed.
struct TakenField {
  std::string path;
  FieldValue before;
  FieldValue after;

  bool operator==(const TakenField&) const = default;
};

// What a survivor took from one contact.
struct Taken {
  std::vector<TakenField> fields;
  std::vector<Email> emails;
  std::vector<Phone> phones;
  std::vector<Employment> employments;
  std::vector<base::Uuid> account_members;
  std::string account_status;  // of the contact's account until then; empty: it had none

  bool operator==(const Taken&) const = default;
};

// Where a field of the survivor comes from, and the values that stand back.
struct FieldOrigin {
  std::string field;
  base::Uuid contact;
  std::string value;
  std::vector<std::pair<base::Uuid, std::string>> alternatives;
};

struct MergePlan {
  Contact result;  // the survivor, as it will be
  std::vector<FieldOrigin> origins;
  std::vector<Taken> taken;  // from each of the others
};

// What all that are to be merged must be: live and of the survivor's kind. FAILED_PRECONDITION
// STATE_INVALID.
absl::Status CheckMergeable(const Contact& survivor, absl::Span<const Contact> others);

// INVALID_ARGUMENT FIELD_INVALID if a choice names a field without a value or a contact that is not
// among them, or if together they have more of something than a contact may.
absl::StatusOr<MergePlan> PlanMerge(const Contact& survivor, absl::Span<const Contact> others,
                                    absl::Span<const MergeChoice> choices);

// The same text as long as none of them is edited.
std::string PlanToken(const Contact& survivor, absl::Span<const Contact> others);

// Makes `contact` part of `survivor`, at `now`.
void MarkMerged(Contact& contact, const base::Uuid& survivor, absl::Time now);

}  // namespace crm::contact
