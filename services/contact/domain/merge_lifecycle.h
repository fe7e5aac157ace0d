#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/id_generator.h"
#include "common/base/tenant_key.h"
#include "services/contact/domain/contact_merge.h"
#include "services/contact/domain/lifecycle_batch.h"
#include "services/contact/domain/occasion.h"

// What merging contacts, and taking that back, does to their stages and accounts.
namespace crm::contact {

// Sales that go from one account to another.
struct MovedWins {
  int64_t count = 0;
  std::map<std::string, int64_t> sums;  // currency → minor units
  std::optional<absl::Time> last_time;
  // Of the earliest; only if there are any.
  base::Uuid first_opportunity;
  absl::Time first_time;
  std::vector<base::Uuid> contacts;  // each once
};

// One merge or its undoing on a batch that holds the contacts concerned and the accounts that they
// have; what it changes there is for the store to save. Not thread-safe.
class MergeLifecycle {
 public:
  // All must outlive it. `occasion` tells who and when.
  MergeLifecycle(LifecycleBatch& batch, const std::string& tenant, const Occasion& occasion,
                 base::IdGenerator& ids)
      : batch_(batch), tenant_(tenant), occasion_(occasion), ids_(ids) {}

  // Makes `others` parts of `survivor`, which takes over what they count and derives its stage from
  // it; their accounts become parts of its own, which is opened if there is none. `taken`, one for
  // each of the others, gets what the undoing needs. FIELD_INVALID if a sum leaves 64 bits.
  absl::Status Merge(const base::Uuid& survivor, absl::Span<const base::Uuid> others,
                     absl::Span<Taken> taken);

  // Takes `contact` out of `survivor`, with `parts`, those that are part of it by earlier merges.
  // `wins` are those that count for the survivor's account and go with them.
  void Unmerge(const base::Uuid& survivor, const base::Uuid& contact,
               absl::Span<const base::Uuid> parts, const Taken& taken, const MovedWins& wins);

 private:
  TrackedContact& Tracked(const base::Uuid& id) {
    return batch_.contacts()[base::TenantKey{tenant_, id}];
  }
  Account* AccountOf(const base::Uuid& customer);
  Account& Changed(Account& account);
  Account& OpenAccount(const base::Uuid& customer, const base::Uuid& opportunity, absl::Time time,
                       const std::string& owner, const char* reason);
  void AddMembers(Account& account, const std::vector<AccountMember>& members,
                  std::vector<base::Uuid>* added);
  absl::Status MergeAccounts(const base::Uuid& survivor, absl::Span<const base::Uuid> others,
                             absl::Span<Taken> taken);
  void UnmergeAccounts(const base::Uuid& survivor, const base::Uuid& contact, const Taken& taken,
                       const MovedWins& wins);
  void Move(const base::Uuid& id, const std::string& from, const std::string& to,
            const char* reason, std::optional<base::Uuid> merged_into);
  void Derive(const base::Uuid& id, const char* reason);
  void MoveAccount(Account& account, AccountStatus to, const char* reason);
  StageChange NewChange(const base::Uuid& contact, const char* reason);

  LifecycleBatch& batch_;
  const std::string& tenant_;
  const Occasion& occasion_;
  base::IdGenerator& ids_;
};

}  // namespace crm::contact
