#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/id_generator.h"
#include "services/contact/domain/lifecycle_batch.h"
#include "tests/support/sequence_id_generator.h"

// A person of a company and one without, and the moves of a lead and a deal.
namespace crm::contact::testing {

inline const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
inline const absl::Time kNow = kStart + absl::Hours(24 * 365);
inline constexpr char kTenant[] = "acme";
inline const base::Uuid kPerson(1, 1);
inline const base::Uuid kCompany(1, 2);
inline const base::Uuid kSingle(1, 3);
inline const base::Uuid kLead(2, 1);
inline const base::Uuid kDeal(3, 1);

inline NeighbourMove Move(ThingKind kind, const base::Uuid& thing, int64_t version,
                          ThingState state, const base::Uuid& contact = kPerson) {
  NeighbourMove move;
  move.thing = {kTenant, kind, thing};
  move.version = version;
  move.state = state;
  move.contact = contact;
  move.effective_time = kStart + absl::Hours(version);
  move.event_id = base::Uuid(8, static_cast<uint64_t>(version));
  move.owner = "agent";
  move.actor = "importer";
  return move;
}

inline NeighbourMove LeadAt(int64_t version, ThingState state, const base::Uuid& thing = kLead) {
  return Move(ThingKind::kLead, thing, version, state);
}

inline NeighbourMove DealAt(int64_t version, ThingState state, const base::Uuid& thing = kDeal) {
  NeighbourMove move = Move(ThingKind::kOpportunity, thing, version, state);
  if (state == ThingState::kWon) move.amount = base::Money{"USD", 100};
  return move;
}

// A correction of a won deal, which says that it was won at this time.
inline NeighbourMove DealCorrected(int64_t version, absl::Time before, absl::Time after) {
  NeighbourMove move = DealAt(version, ThingState::kWon);
  move.previous = ThingState::kWon;
  move.corrects = true;
  move.amount_before = move.amount;
  move.previous_effective_time = before;
  move.effective_time = after;
  return move;
}

inline NeighbourMove Converted(int64_t version) {
  NeighbourMove move = LeadAt(version, ThingState::kEnded);
  move.successor = kDeal;
  return move;
}

// One thing's moves after each other: each comes from where the one before it went.
inline std::vector<NeighbourMove> Chained(std::vector<NeighbourMove> moves) {
  for (size_t i = 0; i < moves.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (moves[j].thing == moves[i].thing) moves[i].previous = moves[j].state;
    }
  }
  return moves;
}

class LifecycleBatchTest : public ::testing::Test {
 protected:
  LifecycleBatchTest() : batch_(Fresh()) {}

  LifecycleBatch Fresh() {
    LifecycleBatch batch(kNow, ids_);
    const auto add = [&](const base::Uuid& id, const char* name) {
      TrackedContact& contact = batch.contacts()[base::TenantKey{kTenant, id}];
      contact.display_name = name;
      contact.stage_version = 1;
      contact.stage_time = kStart;
    };
    add(kPerson, "Anna");
    add(kCompany, "Acme");
    add(kSingle, "Bob");
    batch.contacts()[base::TenantKey{kTenant, kPerson}].organization = kCompany;
    return batch;
  }

  TrackedContact& Of(const base::Uuid& id) {
    return batch_.contacts().at(base::TenantKey{kTenant, id});
  }
  const Account& AccountOf(const base::Uuid& customer) {
    return *batch_.accounts().at(base::TenantKey{kTenant, AccountIdOf(customer)}).after;
  }
  LifecycleStage StageOf(const base::Uuid& id) { return Of(id).stage; }

  void Apply(const NeighbourMove& move) { ASSERT_TRUE(batch_.Apply(move).ok()); }

  // The stages that the contact went through.
  std::vector<std::string> PathOf(const base::Uuid& id) {
    std::vector<std::string> path;
    for (const StageChange& move : Of(id).stage_changes) path.push_back(move.to);
    return path;
  }

  crm::testing::SequenceIdGenerator ids_;
  LifecycleBatch batch_;
};

}  // namespace crm::contact::testing
