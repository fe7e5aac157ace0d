#include "services/contact/store/merge_store.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/merge_lifecycle.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"
#include "services/contact/store/merge_json.h"
#include "services/contact/store/merge_statements.h"
#include "services/contact/store/merge_table.h"
#include "services/contact/store/statements.h"
#include "services/contact/store/unmerge_store.h"

namespace crm::contact {
namespace {

using base::TenantKey;

// The contacts of one merge.
struct MergeSet {
  Contact survivor;
  std::vector<Contact> others;
};

std::vector<TenantKey> KeysIn(const MergeSet& set) {
  std::vector<TenantKey> keys{{set.survivor.tenant, set.survivor.id}};
  for (const Contact& other : set.others) keys.push_back({other.tenant, other.id});
  return keys;
}

std::vector<base::Uuid> OthersIn(const MergeSet& set) {
  std::vector<base::Uuid> ids;
  for (const Contact& other : set.others) ids.push_back(other.id);
  return ids;
}

absl::StatusOr<MergeSet> ReadSet(pg::Transaction& transaction, const MergeOrder& order, bool lock) {
  std::vector<base::Uuid> ids{order.survivor};
  ids.insert(ids.end(), order.others.begin(), order.others.end());
  CRM_ASSIGN_OR_RETURN(std::vector<Contact> contacts,
                       ReadContacts(transaction, order.tenant, ids, lock));
  if (contacts[0].merged()) {
    // In our turn it is part of none.
    const base::Uuid head = *contacts[0].merged_into;
    CRM_ASSIGN_OR_RETURN(const std::vector<Contact> heads,
                         ReadContacts(transaction, order.tenant, {head}, lock));
    contacts[0] = heads[0];
  }
  MergeSet set{std::move(contacts[0]), {}};
  set.others.assign(std::make_move_iterator(contacts.begin() + 1),
                    std::make_move_iterator(contacts.end()));
  CRM_RETURN_IF_ERROR(CheckMergeable(set.survivor, set.others));
  const std::string token = PlanToken(set.survivor, set.others);
  if (order.plan_token.empty() || order.plan_token == token) return set;
  return error::StaleEtag(ContactName(set.survivor.id))
      .With("etag", order.plan_token)
      .With("currentEtag", token)
      .ToStatus();
}

absl::StatusOr<std::vector<MergeReferences>> ReadReferences(pg::Transaction& transaction,
                                                            const MergeSet& set,
                                                            LifecycleBatch& batch) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      transaction.Query(kCountReferences, pg::MakeParams(set.survivor.tenant, OthersIn(set))));
  std::vector<MergeReferences> all;
  for (const Contact& other : set.others) {
    MergeReferences& one = all.emplace_back();
    one.contact = other.id;
    const TrackedContact& tracked = batch.contacts()[TenantKey{other.tenant, other.id}];
    one.live = tracked.live;
    if (tracked.share) {
      one.live.leads += tracked.share->merged.leads;
      one.live.opportunities += tracked.share->merged.opportunities;
    }
    const auto account = batch.accounts().find(TenantKey{other.tenant, AccountIdOf(other.id)});
    if (account != batch.accounts().end()) {
      one.account = account->second.after->id;
      one.wins = account->second.after->win_count;
    }
  }
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const base::Uuid id = read.Uuid(0);
    for (MergeReferences& one : all) {
      if (one.contact != id) continue;
      one.employments = read.Int(1);
      one.merged_contacts = read.Int(2);
    }
    if (!read.ok()) return read.Damage(ContactName(id));
  }
  return all;
}

// After the rows of the others are written: they and what was part of them are part of the
// survivor.
absl::Status WriteMerges(pg::Transaction& transaction, const MergeSet& set, const MergePlan& plan,
                         absl::Time now, base::IdGenerator& ids) {
  const std::string& tenant = set.survivor.tenant;
  const base::Uuid& survivor = set.survivor.id;
  const base::Uuid account = AccountIdOf(survivor);
  const std::vector<base::Uuid> others = OthersIn(set);
  const pg::Params to_survivor = pg::MakeParams(tenant, others, survivor);
  CRM_RETURN_IF_ERROR(transaction.Defer(kSetMergedInto, to_survivor));
  CRM_RETURN_IF_ERROR(transaction.Defer(kRepointContacts, to_survivor));
  CRM_RETURN_IF_ERROR(transaction.Defer(kRepointAccounts, pg::MakeParams(tenant, others, account)));
  CRM_RETURN_IF_ERROR(transaction.Defer(kRepointMerges, to_survivor));
  pg::Columns merges;
  for (size_t i = 0; i < others.size(); ++i) {
    merges.Add(tenant, others[i], survivor, survivor, ids.New(), now, TakenToJson(plan.taken[i]));
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertMerges, merges));
  CRM_RETURN_IF_ERROR(transaction.Defer(kAddFormerKeys, pg::MakeParams(tenant, others)));
  return transaction.Defer(kMoveWins, pg::MakeParams(tenant, AccountsOf(others), account));
}

absl::StatusOr<Contact> MergeIn(pg::Transaction& transaction, const MergeOrder& order,
                                const MergeCall& call, base::IdGenerator& ids) {
  const absl::Time now = call.occasion.now;
  CRM_RETURN_IF_ERROR(transaction.Defer(kTakeLifecycleTurn, pg::Params()));
  CRM_ASSIGN_OR_RETURN(const MergeSet set, ReadSet(transaction, order, true));
  CRM_ASSIGN_OR_RETURN(MergePlan plan, PlanMerge(set.survivor, set.others, order.choices));
  LifecycleBatch batch(now, ids);
  CRM_RETURN_IF_ERROR(LoadForMerge(transaction, KeysIn(set), batch));
  MergeLifecycle lifecycle(batch, order.tenant, call.occasion, ids);
  CRM_RETURN_IF_ERROR(lifecycle.Merge(set.survivor.id, OthersIn(set), absl::MakeSpan(plan.taken)));

  std::vector<ContactChange> changes;
  for (const Contact& other : set.others) {
    changes.push_back({other, other});
    MarkMerged(changes.back().after, set.survivor.id, now);
  }
  changes.push_back({set.survivor, plan.result});
  CRM_RETURN_IF_ERROR(WriteContacts(transaction, changes, call));
  CRM_RETURN_IF_ERROR(WriteMerges(transaction, set, plan, now, ids));
  CRM_RETURN_IF_ERROR(SaveBatch(transaction, now, batch));
  CRM_ASSIGN_OR_RETURN(std::vector<Contact> merged,
                       ReadContacts(transaction, order.tenant, {set.survivor.id}, false));
  return std::move(merged[0]);
}

}  // namespace

absl::StatusOr<MergePreview> MergeStore::Preview(const MergeOrder& order, absl::Time now,
                                                 base::Deadline deadline) const {
  MergePreview preview;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::Tenants(order.tenant), deadline,
      [&](pg::Transaction& transaction) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const MergeSet set, ReadSet(transaction, order, false));
        CRM_ASSIGN_OR_RETURN(preview.plan, PlanMerge(set.survivor, set.others, order.choices));
        preview.plan_token = PlanToken(set.survivor, set.others);
        LifecycleBatch batch(now, ids_);
        CRM_RETURN_IF_ERROR(LoadForMerge(transaction, KeysIn(set), batch));
        CRM_ASSIGN_OR_RETURN(preview.references, ReadReferences(transaction, set, batch));
        Occasion occasion;
        occasion.now = now;
        MergeLifecycle lifecycle(batch, order.tenant, occasion, ids_);
        CRM_RETURN_IF_ERROR(
            lifecycle.Merge(set.survivor.id, OthersIn(set), absl::MakeSpan(preview.plan.taken)));
        const TrackedContact& survivor = batch.contacts()[TenantKey{order.tenant, set.survivor.id}];
        preview.plan.result.stage = survivor.stage;
        preview.plan.result.stage_version = survivor.stage_version;
        preview.plan.result.stage_time = survivor.stage_time;
        return absl::OkStatus();
      }));
  return preview;
}

absl::StatusOr<idempotency::OnceAnswer> MergeStore::Merge(
    const MergeOrder& order, const MergeCall& call,
    const std::function<std::string(const Contact&)>& answer) const {
  return RunOnce(
      order.tenant, call, [&](pg::Transaction& transaction) -> absl::StatusOr<std::string> {
        CRM_ASSIGN_OR_RETURN(const Contact survivor, MergeIn(transaction, order, call, ids_));
        return answer(survivor);
      });
}

absl::StatusOr<idempotency::OnceAnswer> MergeStore::Unmerge(
    const std::string& tenant, const base::Uuid& contact, const MergeCall& call,
    const std::function<std::string(const Unmerged&)>& answer) const {
  return RunOnce(tenant, call, [&](pg::Transaction& transaction) -> absl::StatusOr<std::string> {
    CRM_ASSIGN_OR_RETURN(const Unmerged unmerged,
                         UnmergeIn(transaction, tenant, contact, call, ids_));
    return answer(unmerged);
  });
}

absl::StatusOr<idempotency::OnceAnswer> MergeStore::RunOnce(
    const std::string& tenant, const MergeCall& call,
    const std::function<absl::StatusOr<std::string>(pg::Transaction&)>& make) const {
  CRM_ASSIGN_OR_RETURN(idempotency::OnceAnswer answer,
                       idempotency::RunOnce(pool_, tenant, call.request, call.deadline, make));
  on_commit_();
  return answer;
}

}  // namespace crm::contact
