#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/pg/params.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/contact_merge.h"
#include "services/contact/domain/merge_lifecycle.h"
#include "services/contact/store/merge_store.h"

// The rows of contacts that are merged, for MergeStore.
namespace crm::contact {

// A row of contact_merge.
struct MergeRow {
  base::Uuid contact;
  base::Uuid survivor;
  base::Uuid head;
  base::Uuid id;
  absl::Time merge_time;
  Taken taken;
};

// The ids of their accounts, whether they have one or not.
std::vector<base::Uuid> AccountsOf(absl::Span<const base::Uuid> customers);

// The contacts with these ids, in that order, locked if they are to be changed. NOT_FOUND,
// DATA_LOSS.
absl::StatusOr<std::vector<Contact>> ReadContacts(pg::Transaction& transaction,
                                                  const std::string& tenant,
                                                  absl::Span<const base::Uuid> ids, bool lock);

absl::StatusOr<std::vector<MergeRow>> ReadMerges(pg::Transaction& transaction,
                                                 const pg::Statement& statement,
                                                 const pg::Params& params);

absl::StatusOr<std::vector<base::Uuid>> ReadParts(pg::Transaction& transaction,
                                                  const std::string& tenant,
                                                  const base::Uuid& contact);

// The sales of the survivor's account that go with `contact` and `parts`.
absl::StatusOr<MovedWins> ReadWins(pg::Transaction& transaction, const std::string& tenant,
                                   const base::Uuid& survivor, const base::Uuid& contact,
                                   absl::Span<const base::Uuid> parts);

// Takes from `contact` the keys that others hold, `survivor` among them: what it does without.
absl::StatusOr<std::vector<NotRestored>> GiveUpTaken(pg::Transaction& transaction,
                                                     const Contact& survivor, Contact& contact);

// A contact before and after.
struct ContactChange {
  Contact before;
  Contact after;
};

// Defers the writing of those that differ, with a revision each, which `after` gets.
absl::Status WriteContacts(pg::Transaction& transaction, std::vector<ContactChange>& changes,
                           const MergeCall& call);

}  // namespace crm::contact
