#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "tests/contract/contact/merge_fixture.h"

namespace crm::contact::testing {

// What has to be, by a simple account of all that happened.
class MergeModel : public MergeTest {
 protected:
  struct Thing {
    ThingKind kind = ThingKind::kLead;
    uint64_t contact = 0;
    int64_t version = 0;
    ThingState state = ThingState::kLive;
    uint64_t customer = 0;  // of a sale, whoever that one is part of
    int64_t cents = 0;
  };

  uint64_t HeadOf(uint64_t id) {
    while (survivor_.contains(id)) id = survivor_[id];
    return id;
  }
  bool HasParts(uint64_t id) {
    return std::any_of(survivor_.begin(), survivor_.end(),
                       [&](const auto& merge) { return merge.second == id; });
  }
  uint64_t Any() { return 1 + random_() % kMergeContacts; }

  // Of fields that all have, so that what one takes overrides what another one took before.
  void ChooseSome(MergeOrder& order) {
    for (const char* field : {"display_name", "attributes.origin"}) {
      const size_t whose = random_() % (order.others.size() + 2);
      if (whose < order.others.size()) order.choices.push_back({field, order.others[whose]});
    }
  }

  void MergeSome() {
    const uint64_t survivor = Any();
    std::set<uint64_t> others;
    for (uint64_t i = 0; i <= random_() % 3; ++i) others.insert(Any());
    bool possible = true;
    for (const uint64_t other : others) {
      possible &= !survivor_.contains(other) && other != HeadOf(survivor) &&
                  (other <= 3) == (survivor <= 3);
    }
    MergeOrder order = Order(survivor, {others.begin(), others.end()});
    ChooseSome(order);
    const absl::Status merged = Merge(order);
    ASSERT_EQ(merged.ok(), possible) << merged;
    if (!possible) return;
    for (const uint64_t other : others) survivor_[other] = HeadOf(survivor);
    ++merges_made_;
  }

  // Mostly one that is merged.
  uint64_t AnyMerged() {
    if (survivor_.empty() || random_() % 4 == 0) return Any();
    return std::next(survivor_.begin(), static_cast<int64_t>(random_() % survivor_.size()))->first;
  }

  void UnmergeOne() {
    const uint64_t id = AnyMerged();
    const bool possible = survivor_.contains(id) && !survivor_.contains(survivor_[id]);
    const auto unmerged = Unmerge(id);
    ASSERT_EQ(unmerged.ok(), possible) << unmerged.status();
    if (!possible) {
      EXPECT_EQ(ReasonOf(unmerged.status()), "STATE_INVALID");
      return;
    }
    const uint64_t survivor = survivor_[id];
    survivor_.erase(id);
    ++unmerges_made_;
    if (unmerged->not_restored.empty()) return;
    EXPECT_TRUE(edited_.contains(survivor) || edited_.contains(id))
        << "nobody changed " << unmerged->not_restored[0].field << " of " << survivor;
    edited_.insert({id, survivor});
  }

  void EditOne() {
    const uint64_t id = Any();
    const Contact present = Resolved(id);
    ContactEdit edit;
    switch (random_() % 5) {
      case 0:
        edit.owner = absl::StrCat("agent-", random_() % 100);
        break;
      case 1:
        edit.emails = present.emails;
        edit.emails->push_back({absl::StrCat("e", ++emails_, "@acme.example"), "", "", false});
        if (edit.emails->size() > 4) edit.emails->erase(edit.emails->begin());
        break;
      case 2:
        edit.emails = present.emails;
        if (!edit.emails->empty()) edit.emails->back().label = absl::StrCat("l", random_() % 100);
        break;
      case 3:
        edit.attributes.emplace()["origin"] = absl::StrCat("list ", random_() % 4);
        break;
      default:
        edit.phones = present.phones;
        if (!edit.phones->empty()) edit.phones->pop_back();
    }
    const absl::Status status = EditByName(id, edit);
    ASSERT_TRUE(status.ok()) << status;
    edited_.insert(HeadOf(id));
  }

  void MoveOne() {
    const uint64_t number = random_() % 12;
    Thing& thing = things_[number];
    if (thing.contact == 0) {
      thing.contact = Any();
      thing.kind = number % 3 == 0 ? ThingKind::kLead : ThingKind::kOpportunity;
    }
    constexpr ThingState kStates[] = {ThingState::kLive, ThingState::kEnded, ThingState::kWon};
    const ThingState state = kStates[random_() % (thing.kind == ThingKind::kLead ? 2 : 3)];
    const NeighbourMove move = Move(thing.kind, number, ++thing.version, state, thing.contact);
    const Contact head = Resolved(thing.contact);
    const absl::Status status = Apply(move);
    ASSERT_TRUE(status.ok()) << status;
    thing.state = state;
    if (state != ThingState::kWon) return;
    const Employment* const job = head.employment();
    thing.customer = thing.contact;
    for (uint64_t id = 1; id <= 3; ++id) {
      if (job != nullptr && job->organization == Id(id)) thing.customer = id;
    }
    thing.cents = move.amount->minor;
    customers_.insert({thing.contact, thing.customer});
  }

  LifecycleStage StageWanted(uint64_t head) {
    LiveThings live;
    for (const auto& [number, thing] : things_) {
      if (thing.contact == 0 || HeadOf(thing.contact) != head) continue;
      if (thing.state != ThingState::kLive) continue;
      ++(thing.kind == ThingKind::kLead ? live.leads : live.opportunities);
    }
    const bool customer = std::any_of(customers_.begin(), customers_.end(),
                                      [&](uint64_t id) { return HeadOf(id) == head; });
    return StageOf(customer, live);
  }

  void ExpectAccount(uint64_t id) {
    int64_t wins = 0;
    int64_t cents = 0;
    for (const auto& [number, thing] : things_) {
      if (thing.state != ThingState::kWon || HeadOf(thing.customer) != id) continue;
      ++wins;
      cents += thing.cents;
    }
    const std::optional<Account> account = AccountOf(id);
    if (!account.has_value()) {
      EXPECT_EQ(wins, 0) << "of " << id;
      return;
    }
    const bool merged = survivor_.contains(id);
    EXPECT_EQ(account->win_count, merged ? 0 : wins) << "of " << id;
    const auto sum = account->win_sums.find("USD");
    EXPECT_EQ(sum == account->win_sums.end() ? 0 : sum->second, merged ? 0 : cents) << "of " << id;
    EXPECT_EQ(account->last_win_time.has_value(), account->win_count > 0) << "of " << id;
    EXPECT_EQ(account->status == AccountStatus::kMerged, merged) << "of " << id;
    if (!merged) return;
    EXPECT_EQ(account->merged_into, AccountIdOf(Id(HeadOf(id)))) << "of " << id;
  }

  void ExpectAllIsAsItHasToBe() {
    for (uint64_t id = 1; id <= kMergeContacts; ++id) {
      const Contact stored = *Stored(id);
      EXPECT_EQ(Resolved(id).id, Id(HeadOf(id))) << id;
      EXPECT_EQ(stored.merged(), survivor_.contains(id)) << id;
      if (stored.merged()) {
        EXPECT_EQ(*stored.merged_into, Id(HeadOf(id))) << id;
      } else {
        EXPECT_EQ(stored.stage, StageWanted(id)) << id;
      }
      ExpectAccount(id);
      if (HasParts(id)) continue;
      if (!edited_.contains(id)) {
        EXPECT_EQ(FieldsOf(stored), FieldsOf(own_[id])) << id;
        ++compared_;
      }
      own_[id] = stored;
      edited_.erase(id);
    }
  }

  // Of every contact: as many moves in its history as its version says, and told back to its first
  // revision it is what it was.
  void ExpectHistory() {
    EXPECT_EQ(Sql("SELECT count(*) FROM contact c WHERE stage_version <> (SELECT count(*) FROM "
                  "stage_history h WHERE h.tenant = c.tenant AND h.aggregate = c.id)"),
              "0");
    EXPECT_EQ(Sql("SELECT count(*) FROM account a WHERE stage_version <> (SELECT count(*) FROM "
                  "stage_history h WHERE h.tenant = a.tenant AND h.aggregate = a.id)"),
              "0");
    for (uint64_t id = 1; id <= kMergeContacts; ++id) {
      const auto first =
          reads_.AsOf(*Stored(id), aggregate::Moment(int64_t{1}), absl::Now() + kPatience);
      ASSERT_TRUE(first.ok()) << first.status();
      EXPECT_EQ(FieldsOf(*first), FieldsOf(first_[id])) << id;
      EXPECT_EQ(first->revision, 1) << id;
      EXPECT_EQ(first->merged_into, std::nullopt) << id;
    }
  }

  std::mt19937 random_;
  std::map<uint64_t, uint64_t> survivor_;  // of each that is merged the one it was merged into
  std::map<uint64_t, Thing> things_;
  std::set<uint64_t> customers_;
  std::set<uint64_t> edited_;  // since they were last alone
  int emails_ = 0;
  int merges_made_ = 0;
  int unmerges_made_ = 0;
  int compared_ = 0;
};

}  // namespace crm::contact::testing
