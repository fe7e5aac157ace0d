#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/id_generator.h"
#include "common/base/uuid.h"
#include "common/pg/transaction.h"
#include "services/contact/store/merge_store.h"

namespace crm::contact {

// Takes the merge of `contact` back, in a transaction that has done nothing yet. Errors: those of
// MergeStore::Unmerge but for the request's.
absl::StatusOr<Unmerged> UnmergeIn(pg::Transaction& transaction, const std::string& tenant,
                                   const base::Uuid& contact, const MergeCall& call,
                                   base::IdGenerator& ids);

}  // namespace crm::contact
