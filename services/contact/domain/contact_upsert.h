#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/contact_edit.h"
#include "services/contact/domain/contact_keys.h"

// Contacts that are to be there, whether they are yet or not.
namespace crm::contact {

// The edit that adds to `stored` what `given` says, as UpsertContactRequest in
// proto/crm/contact/v1/upsert.proto tells. `given` is as the caller gave it, but for its telephone
// numbers, which have been read (NormalizePhones).
ContactEdit Additions(const Contact& stored, const Contact& given);

// Whether `stored`, found by a key of the kind `rule`, may be the contact that `given` tells of:
// one found by an address or a domain that has another external id is another one. ALREADY_EXISTS
// DUPLICATE_CONTACT.
absl::Status CheckSame(const Contact& stored, const Contact& given, KeyKind rule);

// What is to be done with one of several upserts now.
struct UpsertStep {
  enum class Kind { kCreate, kChange, kWait };

  Kind kind = Kind::kCreate;
  base::Uuid contact = {};              // to change
  KeyKind rule = KeyKind::kExternalId;  // by what it was found

  bool operator==(const UpsertStep&) const = default;
};

// The steps for upserts with these keys, in their order. Each is found by its external id, else by
// the first of its e-mail addresses that somebody has, else by its domain; `holders` are those of
// all the keys. One waits for an earlier one that it shares a key or a contact with, as what that
// does may be what it is found by; only changes of one contact may follow each other at once. The
// first never waits.
std::vector<UpsertStep> PlanUpserts(absl::Span<const std::vector<ContactKey>> upserts,
                                    const KeyHolders& holders);

}  // namespace crm::contact
