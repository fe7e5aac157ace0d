#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/contact/domain/contact_edit.h"
#include "services/contact/store/contact_reads.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"
#include "services/contact/store/merge_store.h"
#include "services/contact/store/survivor_store.h"
#include "tests/contract/contact/store_fixture.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact::testing {

inline constexpr uint64_t kMergeContacts = 9;  // 1 to 3 are organizations, the others persons
inline constexpr char kMergeTenant[] = "acme";

// All of a contact that people set.
inline Contact FieldsOf(Contact contact) {
  contact.revision = contact.move_count = contact.stage_version = 0;
  contact.create_time = contact.update_time = contact.stage_time = absl::Time();
  contact.stage = LifecycleStage::kContact;
  contact.delete_time.reset();
  contact.merged_into.reset();
  return contact;
}

// Contacts to merge, and what can happen to them.
class MergeTest : public StoreTest {
 protected:
  MergeTest() : merges_(*pool_, ids_, [] {}), resolving_(*contacts_), reads_(*pool_) {}

  void CreateAll() {
    for (uint64_t id = 1; id <= kMergeContacts; ++id) {
      Contact draft = id <= 3 ? NewOrganization(id, absl::StrCat("firm", id, ".example")).aggregate
                              : NewPerson(id, absl::StrCat("p", id, "@acme.example")).aggregate;
      if (id == 4 || id == 5) draft.employments = {{.organization = Id(1), .job_title = "Buyer"}};
      if (id == 6) draft.employments = {{.organization = Id(2)}};
      if (id % 2 == 0) draft.owner = absl::StrCat("agent-", id);
      if (id % 3 == 0) draft.external_id = absl::StrCat("ext-", id);
      draft.attributes["origin"] = absl::StrCat("list ", id % 4);
      draft.phones = {{.number = absl::StrCat("+4144668180", id % 3), .e164 = "", .label = "work"}};
      Creation creation = Opened(draft);
      Create(creation);
      ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
      first_[id] = own_[id] = *Stored(id);
    }
  }

  MergeCall CallNow() {
    clock_.Advance(absl::Minutes(1));
    Occasion occasion;
    occasion.now = clock_.Now();
    occasion.actor = "agent-7";
    return {occasion, {"agent-7", "MergeContacts"}, std::nullopt, absl::Now() + kPatience};
  }

  MergeOrder Order(uint64_t survivor, const std::vector<uint64_t>& others) {
    MergeOrder order;
    order.tenant = kMergeTenant;
    order.survivor = Id(survivor);
    for (const uint64_t other : others) order.others.push_back(Id(other));
    return order;
  }

  absl::Status Merge(const MergeOrder& order) {
    return merges_.Merge(order, CallNow(), [](const Contact&) { return std::string(); }).status();
  }

  absl::StatusOr<Unmerged> Unmerge(uint64_t id) {
    Unmerged result;
    CRM_RETURN_IF_ERROR(merges_
                            .Unmerge(kMergeTenant, Id(id), CallNow(),
                                     [&](const Unmerged& unmerged) {
                                       result = unmerged;
                                       return std::string();
                                     })
                            .status());
    return result;
  }

  Contact Resolved(uint64_t id) {
    const aggregate::Key key{kMergeTenant, Id(id)};
    return resolving_.Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience)[0].value();
  }

  absl::Status EditByName(uint64_t id, const ContactEdit& edit) {
    Change change = By(id, [&](Contact& contact) { return Edit(contact, edit, FakePhones()); });
    Change* const one = &change;
    resolving_.Update(absl::MakeConstSpan(&one, 1), absl::Now() + kPatience);
    return change.outcome.status();
  }

  NeighbourMove Move(ThingKind kind, uint64_t thing, int64_t version, ThingState state,
                     uint64_t contact) {
    NeighbourMove move;
    move.thing = {kMergeTenant, kind, Id(1000 + thing)};
    move.version = version;
    move.state = state;
    move.contact = Id(contact);
    move.effective_time = kStart + absl::Hours(version);
    move.event_id = ids_.New();
    move.owner = "agent-9";
    if (state == ThingState::kWon) move.amount = base::Money{"USD", 100 + version};
    return move;
  }

  absl::Status Apply(const NeighbourMove& move) {
    clock_.Advance(absl::Minutes(1));
    return pg::RunInTransaction(*pool_, pg::Tenants::All(), absl::Now() + kPatience,
                                [&](pg::Transaction& transaction) {
                                  LifecycleBatch batch(clock_.Now(), ids_);
                                  CRM_RETURN_IF_ERROR(LoadBatch(transaction, {move}, batch));
                                  CRM_RETURN_IF_ERROR(batch.Apply(move));
                                  return SaveBatch(transaction, clock_.Now(), batch);
                                });
  }

  std::optional<Account> AccountOf(uint64_t customer) {
    const aggregate::Key key{kMergeTenant, AccountIdOf(Id(customer))};
    const auto found = reads_.GetAccounts(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience)[0];
    return found.ok() ? std::optional(*found) : std::nullopt;
  }

  const MergeStore merges_;
  ResolvingContacts resolving_;
  const ContactReads reads_;
  std::map<uint64_t, Contact> first_;  // as they were made
  std::map<uint64_t, Contact> own_;    // as they are without the others
};

}  // namespace crm::contact::testing
