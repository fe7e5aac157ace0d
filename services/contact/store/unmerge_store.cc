#include "services/contact/store/unmerge_store.h"

#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact_unmerge.h"
#include "services/contact/domain/merge_lifecycle.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"
#include "services/contact/store/merge_json.h"
#include "services/contact/store/merge_statements.h"
#include "services/contact/store/merge_table.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

using base::TenantKey;

// The merge of `contact`, if it can be taken back.
absl::StatusOr<MergeRow> ReadMerge(pg::Transaction& transaction, const std::string& tenant,
                                   const base::Uuid& contact, absl::Time now) {
  CRM_ASSIGN_OR_RETURN(std::vector<MergeRow> merges,
                       ReadMerges(transaction, kSelectMerge, pg::MakeParams(tenant, contact)));
  const std::string name = ContactName(contact);
  if (merges.empty()) {
    CRM_ASSIGN_OR_RETURN(const std::vector<Contact> contacts,
                         ReadContacts(transaction, tenant, {contact}, false));
    return error::StateInvalid(name, contacts[0].deleted() ? "DELETED" : "ACTIVE",
                               "The contact is not merged into another.")
        .With("allowedStates", "MERGED")
        .ToStatus();
  }
  MergeRow merge = std::move(merges[0]);
  if (merge.survivor != merge.head) {
    return error::StateInvalid(name, "MERGED",
                               "What it was merged into was merged itself since: unmerge that "
                               "first.")
        .With("mergedInto", ContactName(merge.survivor))
        .With("useMethod", "UnmergeContact")
        .ToStatus();
  }
  if (now - merge.merge_time > kUnmergeLimit) {
    return error::StateInvalid(name, "MERGED", "A merge can be taken back within 90 days.")
        .With("mergeTime",
              absl::FormatTime(absl::RFC3339_full, merge.merge_time, absl::UTCTimeZone()))
        .ToStatus();
  }
  return merge;
}

// After the row of the contact is written: it is part of nobody, and its parts are part of it.
absl::Status WriteUnmerge(pg::Transaction& transaction, const std::string& tenant,
                          const MergeRow& merge, const std::vector<base::Uuid>& parts,
                          const std::vector<MergeRow>& later) {
  const base::Uuid account = AccountIdOf(merge.contact);
  const std::vector<base::Uuid> contacts{merge.contact};
  std::vector<base::Uuid> homes = AccountsOf(parts);
  homes.push_back(account);
  CRM_RETURN_IF_ERROR(transaction.Defer(
      kSetMergedInto, pg::MakeParams(tenant, contacts, std::optional<base::Uuid>())));
  CRM_RETURN_IF_ERROR(
      transaction.Defer(kSetMergedInto, pg::MakeParams(tenant, parts, merge.contact)));
  CRM_RETURN_IF_ERROR(transaction.Defer(kSetHeadAccounts, pg::MakeParams(tenant, parts, account)));
  CRM_RETURN_IF_ERROR(transaction.Defer(kSetHeads, pg::MakeParams(tenant, parts, merge.contact)));
  CRM_RETURN_IF_ERROR(transaction.Defer(kDeleteMerge, pg::MakeParams(tenant, merge.contact)));
  CRM_RETURN_IF_ERROR(
      transaction.Defer(kAddParted, pg::MakeParams(tenant, merge.contact, merge.survivor)));
  pg::Columns taken;
  for (const MergeRow& row : later) taken.Add(tenant, row.contact, TakenToJson(row.taken));
  CRM_RETURN_IF_ERROR(transaction.Defer(kUpdateTaken, taken));
  return transaction.Defer(kMoveWinsBack,
                           pg::MakeParams(tenant, AccountIdOf(merge.head), homes, account));
}

}  // namespace

absl::StatusOr<Unmerged> UnmergeIn(pg::Transaction& transaction, const std::string& tenant,
                                   const base::Uuid& id, const MergeCall& call,
                                   base::IdGenerator& ids) {
  const absl::Time now = call.occasion.now;
  CRM_RETURN_IF_ERROR(transaction.Defer(kTakeLifecycleTurn, pg::Params()));
  CRM_ASSIGN_OR_RETURN(const MergeRow merge, ReadMerge(transaction, tenant, id, now));
  CRM_ASSIGN_OR_RETURN(const std::vector<Contact> both,
                       ReadContacts(transaction, tenant, {merge.head, id}, true));
  CRM_ASSIGN_OR_RETURN(
      std::vector<MergeRow> later,
      ReadMerges(transaction, kSelectLaterMerges, pg::MakeParams(tenant, merge.head, merge.id)));
  CRM_ASSIGN_OR_RETURN(const std::vector<base::Uuid> parts, ReadParts(transaction, tenant, id));
  CRM_ASSIGN_OR_RETURN(const MovedWins wins, ReadWins(transaction, tenant, merge.head, id, parts));

  std::vector<ContactChange> changes{{both[0], both[0]}, {both[1], both[1]}};
  std::vector<Taken*> chain;
  for (MergeRow& row : later) chain.push_back(&row.taken);
  Unmerged result;
  for (std::string& field : GiveBack(changes[0].after, changes[1].after, merge.taken, chain)) {
    result.not_restored.push_back({std::move(field), merge.head});
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<NotRestored> given_up,
                       GiveUpTaken(transaction, changes[0].after, changes[1].after));
  result.not_restored.insert(result.not_restored.end(), given_up.begin(), given_up.end());

  LifecycleBatch batch(now, ids);
  std::vector<TenantKey> keys{{tenant, merge.head}, {tenant, id}};
  for (const base::Uuid& part : parts) keys.push_back({tenant, part});
  CRM_RETURN_IF_ERROR(LoadForMerge(transaction, keys, batch));
  MergeLifecycle lifecycle(batch, tenant, call.occasion, ids);
  lifecycle.Unmerge(merge.head, id, parts, merge.taken, wins);

  const std::vector<base::Uuid> parted{id};
  CRM_RETURN_IF_ERROR(transaction.Defer(kRemoveFormerKeys, pg::MakeParams(tenant, parted)));
  CRM_RETURN_IF_ERROR(WriteContacts(transaction, changes, call));
  CRM_RETURN_IF_ERROR(WriteUnmerge(transaction, tenant, merge, parts, later));
  CRM_RETURN_IF_ERROR(SaveBatch(transaction, now, batch));
  CRM_ASSIGN_OR_RETURN(const std::vector<Contact> after,
                       ReadContacts(transaction, tenant, {merge.head, id}, false));
  result.survivor = after[0];
  result.contact = after[1];
  return result;
}

}  // namespace crm::contact
