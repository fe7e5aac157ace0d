#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "common/base/status.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"
#include "services/contact/store/statements.h"
#include "tests/contract/contact/store_fixture.h"

namespace crm::contact::testing {

// Moves of leads and opportunities, given to the lifecycle's rows in PostgreSQL.
class LifecycleStore : public StoreTest {
 protected:
  // Contact 1 is an organization, 2 its person, 3 a person alone.
  LifecycleStore() {
    Creation organization = NewOrganization(1);
    Contact draft = NewPerson(2).aggregate;
    draft.employments = {{Id(1)}};
    Creation person = Opened(draft);
    Creation single = NewPerson(3);
    Create(organization, person, single);
    EXPECT_TRUE(person.outcome.ok()) << person.outcome.status();
  }

  NeighbourMove Move(ThingKind kind, uint64_t thing, int64_t version, ThingState state,
                     uint64_t contact = 2) {
    NeighbourMove move;
    move.thing = {"acme", kind, Id(thing)};
    move.version = version;
    move.state = state;
    move.contact = Id(contact);
    move.effective_time = kStart + absl::Hours(version);
    move.event_id = ids_.New();
    move.owner = "agent-9";
    if (state == ThingState::kWon) move.amount = base::Money{"USD", 100};
    return move;
  }
  NeighbourMove Lead(uint64_t thing, int64_t version, ThingState state) {
    return Move(ThingKind::kLead, thing, version, state);
  }
  NeighbourMove Deal(uint64_t thing, int64_t version, ThingState state, uint64_t contact = 2) {
    return Move(ThingKind::kOpportunity, thing, version, state, contact);
  }

  absl::Status Apply(const std::vector<NeighbourMove>& moves) {
    return pg::RunInTransaction(*pool_, pg::Tenants::All(), absl::Now() + kPatience,
                                [&](pg::Transaction& transaction) {
                                  LifecycleBatch batch(clock_.Now(), ids_);
                                  CRM_RETURN_IF_ERROR(LoadBatch(transaction, moves, batch));
                                  for (const NeighbourMove& move : moves)
                                    CRM_RETURN_IF_ERROR(batch.Apply(move));
                                  return SaveBatch(transaction, clock_.Now(), batch);
                                });
  }

  std::optional<Account> StoredAccount(uint64_t customer) {
    const auto rows = pool_->Read(
        pg::Tenants::All(),
        {"test_accounts", "SELECT " CRM_ACCOUNT_COLUMNS " FROM account WHERE customer = "
                          "$1::uuid"},
        pg::MakeParams(Id(customer)), absl::Now() + kPatience);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok() || rows->empty()) return std::nullopt;
    return ReadAccount((*rows)[0]).value();
  }

  // The counters against what they count.
  void ExpectCountsMatch() {
    EXPECT_EQ(Sql("SELECT count(*) FROM contact_lifecycle l FULL JOIN ("
                  " SELECT tenant, contact,"
                  " count(*) FILTER (WHERE kind = 'lead' AND state = 'live') AS leads,"
                  " count(*) FILTER (WHERE kind = 'opportunity' AND state = 'live') AS deals"
                  " FROM contact_engagement GROUP BY 1, 2) e USING (tenant, contact)"
                  " WHERE coalesce(l.live_leads, 0) <> coalesce(e.leads, 0)"
                  " OR coalesce(l.live_opportunities, 0) <> coalesce(e.deals, 0)"),
              "0");
  }
};

}  // namespace crm::contact::testing
