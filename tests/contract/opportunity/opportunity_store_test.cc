// What the service's own rows promise beyond the contract that all repositories keep.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/aggregate/pg_repository.h"
#include "services/opportunity/store/catalog.h"
#include "services/opportunity/store/opportunity_table.h"
#include "tests/contract/opportunity/schema.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

using aggregate::Change;
using aggregate::Creation;
using aggregate::Key;
using ::crm::testing::PostgresServer;

constexpr absl::Duration kPatience = absl::Seconds(20);

class OpportunityStore : public ::testing::Test {
 protected:
  OpportunityStore()
      : database_(PostgresServer::Shared().CreateDatabase()),
        options_{PostgresServer::Shared().Url(database_), "crm_opportunity", "test"} {
    PostgresServer::Shared().CreateSchema(database_, "crm_opportunity");
    const auto applied = pg::Migrate(
        options_, SchemaMigrations());
    EXPECT_TRUE(applied.ok()) << applied.status();
    options_.url = PostgresServer::Shared().Url(database_, "crm_opportunity_app");
    pool_.emplace(options_, 4);
    repository_.emplace(*pool_, table_, clock_, [] {});
    catalog_.emplace(*pool_);
  }

  static std::string Shown(const Opportunity& it) {
    return absl::StrCat(it.display_name, " r", it.revision);
  }

  Creation<Opportunity> New(uint64_t id, const std::string& external_id = "") {
    Creation<Opportunity> creation;
    creation.aggregate = Fresh();
    creation.aggregate.id = Id(id);
    creation.aggregate.external_id = external_id;
    Occasion occasion = On(0);
    occasion.event_id = Id(++events_);
    EXPECT_TRUE(Open(creation.aggregate, DefaultPipeline(), occasion).ok());
    creation.answer = Shown;
    return creation;
  }

  Change<Opportunity> By(uint64_t id, std::function<absl::Status(Opportunity&)> apply) {
    Change<Opportunity> change;
    change.key = {"acme", Id(id)};
    change.apply = std::move(apply);
    change.answer = Shown;
    return change;
  }
  Change<Opportunity> MoveTo(uint64_t id, const char* stage, int day) {
    Occasion occasion = On(day);
    occasion.event_id = Id(++events_);
    return By(id, [=](Opportunity& it) {
      return Move(it, DefaultPipeline(), stage, occasion, "", "imported");
    });
  }
  Change<Opportunity> EditOf(uint64_t id, Edit edit) {
    return By(id, [edit](Opportunity& it) { return Apply(edit, DefaultPipeline(), it); });
  }

  template <class... Item>
  void Create(Item&... items) {
    std::vector<Creation<Opportunity>*> pointers{&items...};
    repository_->Create(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  template <class... Item>
  void Update(Item&... items) {
    std::vector<Change<Opportunity>*> pointers{&items...};
    repository_->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  std::optional<Opportunity> Stored(uint64_t id, const std::string& tenant = "acme") {
    const Key key{tenant, Id(id)};
    const auto found =
        repository_->Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? (*found)[0] : std::nullopt;
  }
  std::vector<StageChange> Changes(uint64_t id, int64_t after = 0, int limit = 100) {
    const auto changes =
        catalog_->StageChanges({"acme", Id(id)}, after, limit, absl::Now() + kPatience);
    EXPECT_TRUE(changes.ok()) << changes.status();
    return changes.ok() ? *changes : std::vector<StageChange>();
  }

  base::FakeClock clock_{kStart + absl::Hours(24 * 365)};
  uint64_t events_ = 100000;
  std::string database_;
  pg::ConnectionOptions options_;
  const OpportunityTable table_;
  std::optional<pg::Pool> pool_;
  std::optional<aggregate::PgRepository<Opportunity>> repository_;
  std::optional<Catalog> catalog_;
};

// Every field with a value of its own.
Opportunity Full(Opportunity it) {
  it.owner = "agent-\"8\"";
  it.display_name = "Größe {a,b} \\ 'x'\nNULL";
  it.amount = base::Money{"JPY", 9'007'199'254'740'993};
  it.expected_close_date = absl::CivilDay(2026, 12, 31);
  it.needs = {{"presses", NeedStrength::kStrong, kStart + absl::Microseconds(1), "contacts/x"},
              {"oil, \"much\"", NeedStrength::kUnknown, std::nullopt, ""}};
  it.present_supplier = {SupplierStatus::kNoticeGiven, "Old Ltd", absl::CivilDay(2026, 4, 5)};
  it.payment_terms = {PaymentTermsStatus::kAgreed, 30, 3, "by bank"};
  it.contract = {ContractStatus::kSigned, kStart, kStart + absl::Microseconds(7)};
  it.contact_roles = {{Id(2), BuyingRole::kDecisionMaker, true},
                      {Id(9), BuyingRole::kUnknown, false}};
  it.interests = {"press", "NULL", ""};
  return it;
}

TEST_F(OpportunityStore, EveryFieldReadsBackAsItWasWritten) {
  Creation<Opportunity> bare = New(1);
  bare.aggregate.lead.reset();
  Creation<Opportunity> full = New(2, "deal,7");
  full.aggregate = Full(full.aggregate);
  full.aggregate.probability = 33;
  full.aggregate.probability_manual = true;
  full.aggregate.category = ForecastCategory::kCommit;
  full.aggregate.category_manual = true;
  Create(bare, full);
  ASSERT_TRUE(bare.outcome.ok()) << bare.outcome.status();
  ASSERT_TRUE(full.outcome.ok()) << full.outcome.status();
  for (Creation<Opportunity>* creation : {&bare, &full}) {
    Opportunity expected = creation->aggregate;
    expected.stage_changes.clear();
    EXPECT_EQ(Stored(creation == &bare ? 1 : 2), expected);
  }
}

TEST_F(OpportunityStore, EveryChangeableFieldReadsBackAsItWasChanged) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  Opportunity after;
  Change<Opportunity> change = By(1, [&after](Opportunity& it) {
    it = Full(it);
    it.external_id = "deal-8";
    it.edited = true;
    const absl::Status status = Lose(it, DefaultPipeline(), On(3), LossReason::kOther, "moved");
    after = it;
    return status;
  });
  Update(change);
  ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  after.revision = 2;
  after.update_time = clock_.Now();
  after.stage_changes.clear();
  after.edited = false;
  EXPECT_EQ(Stored(1), after);
}

TEST_F(OpportunityStore, AMoveLeavesWhatItDoesNotTouch) {
  Creation<Opportunity> creation = New(1, "deal-1");
  creation.aggregate = Full(creation.aggregate);
  Create(creation);
  Change<Opportunity> move = MoveTo(1, "proposal", 1);
  Update(move);
  ASSERT_TRUE(move.outcome.ok()) << move.outcome.status();
  const Opportunity stored = *Stored(1);
  EXPECT_EQ(stored.stage, "proposal");
  EXPECT_EQ(stored.needs, creation.aggregate.needs);
  EXPECT_EQ(stored.interests, creation.aggregate.interests);
  EXPECT_EQ(stored.external_id, "deal-1");
}

TEST_F(OpportunityStore, ATakenIdNamesItsHolderAndItsLead) {
  Creation<Opportunity> first = New(1);
  Create(first);
  Creation<Opportunity> again = New(1);
  again.aggregate.lead.reset();
  Creation<Opportunity> neighbour = New(2);
  Create(again, neighbour);
  EXPECT_EQ(again.outcome.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(error::ReasonOf(again.outcome.status()), "DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.outcome.status(), "field"), "opportunity_id");
  EXPECT_EQ(Metadata(again.outcome.status(), "name"), OpportunityName(Id(1)));
  EXPECT_EQ(Metadata(again.outcome.status(), "lead"),
            absl::StrCat("leads/", Id(3).ToString()));
  EXPECT_TRUE(neighbour.outcome.ok());
}

TEST_F(OpportunityStore, TheSameIdMayLiveInTwoTenants) {
  Creation<Opportunity> here = New(1, "deal");
  Creation<Opportunity> there = New(1, "deal");
  there.aggregate.tenant = "other";
  Create(here, there);
  EXPECT_TRUE(here.outcome.ok());
  EXPECT_TRUE(there.outcome.ok()) << there.outcome.status();
  EXPECT_EQ(Stored(1, "other")->tenant, "other");
}

TEST_F(OpportunityStore, TwoOfABatchThatClaimTheSameLeaveTheFirst) {
  Creation<Opportunity> first = New(1, "deal");
  Creation<Opportunity> same_id = New(1);
  Creation<Opportunity> same_deal = New(2, "deal");
  Creation<Opportunity> apart = New(3, "deal-3");
  Create(first, same_id, same_deal, apart);
  EXPECT_TRUE(first.outcome.ok());
  EXPECT_EQ(Metadata(same_id.outcome.status(), "field"), "opportunity_id");
  EXPECT_EQ(Metadata(same_deal.outcome.status(), "field"), "external_id");
  EXPECT_EQ(Metadata(same_deal.outcome.status(), "existing"), OpportunityName(Id(1)));
  EXPECT_TRUE(apart.outcome.ok());
}

TEST_F(OpportunityStore, AnExternalIdThatIsTakenCannotBeMovedTo) {
  Creation<Opportunity> first = New(1, "deal-1");
  Creation<Opportunity> second = New(2, "deal-2");
  Creation<Opportunity> third = New(3);
  Create(first, second, third);
  Edit take;
  take.external_id = "deal-1";
  Edit rename;
  rename.owner = "agent-9";
  Change<Opportunity> taken = EditOf(2, take);
  Change<Opportunity> fine = EditOf(3, rename);
  Update(taken, fine);
  EXPECT_EQ(error::ReasonOf(taken.outcome.status()), "DUPLICATE_ID");
  EXPECT_EQ(Metadata(taken.outcome.status(), "existing"), OpportunityName(Id(1)));
  EXPECT_TRUE(fine.outcome.ok()) << fine.outcome.status();
  EXPECT_EQ(Stored(2)->external_id, "deal-2");
  EXPECT_EQ(Stored(3)->owner, "agent-9");
}

TEST_F(OpportunityStore, AnExternalIdGivenUpMayBeTaken) {
  Creation<Opportunity> first = New(1, "deal-1");
  Create(first);
  Edit drop;
  drop.external_id = "";
  Change<Opportunity> dropped = EditOf(1, drop);
  Update(dropped);
  ASSERT_TRUE(dropped.outcome.ok());
  Creation<Opportunity> second = New(2, "deal-1");
  Create(second);
  EXPECT_TRUE(second.outcome.ok()) << second.outcome.status();
}

TEST_F(OpportunityStore, AnItemThatTheDatabaseRefusesDoesNotPoisonItsNeighbours) {
  Creation<Opportunity> before = New(1);
  Creation<Opportunity> poisoned = New(2);
  poisoned.aggregate.probability = 250;
  Creation<Opportunity> after = New(3);
  Create(before, poisoned, after);
  EXPECT_TRUE(before.outcome.ok());
  EXPECT_EQ(poisoned.outcome.status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(after.outcome.ok());
  EXPECT_EQ(Stored(2), std::nullopt);
}

TEST_F(OpportunityStore, ClosedSnapshotsAreGuardedByTheTableToo) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  Change<Opportunity> broken = By(1, [](Opportunity& it) {
    const absl::Status status = Lose(it, DefaultPipeline(), On(1), LossReason::kPrice);
    it.probability = 90;
    return status;
  });
  Update(broken);
  EXPECT_EQ(broken.outcome.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Stored(1)->stage, "discovery");
}

TEST_F(OpportunityStore, HistoryKeepsEveryMoveWithItsFacts) {
  Creation<Opportunity> creation = New(1);
  creation.aggregate.amount = base::Money{"USD", 500};
  creation.aggregate.stage_changes[0].after.amount = creation.aggregate.amount;
  Create(creation);
  Change<Opportunity> forward = MoveTo(1, "needs_confirmed", 2);
  Change<Opportunity> lose = By(1, [](Opportunity& it) {
    return Lose(it, DefaultPipeline(), On(5), LossReason::kPrice, "too dear");
  });
  Update(forward, lose);
  ASSERT_TRUE(lose.outcome.ok()) << lose.outcome.status();
  const std::vector<StageChange> changes = Changes(1);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_FALSE(changes[0].before.has_value());
  EXPECT_FALSE(changes[0].time_in_previous_stage.has_value());
  EXPECT_EQ(changes[0].after.amount, (base::Money{"USD", 500}));
  EXPECT_EQ(changes[1].overridden_gates.size(), 2u);
  EXPECT_EQ(changes[1].reason, "imported");
  EXPECT_EQ(changes[1].actor, "agent-7");
  EXPECT_EQ(changes[1].time_in_previous_stage, absl::Hours(48));
  EXPECT_EQ(changes[1].after.probability, 40);
  EXPECT_EQ(changes[2].before->stage, "needs_confirmed");
  EXPECT_EQ(changes[2].after.type, StageType::kLost);
  EXPECT_EQ(changes[2].after.probability, 0);
  EXPECT_EQ(changes[2].after.category, ForecastCategory::kOmitted);
  EXPECT_EQ(changes[2].loss_reason, LossReason::kPrice);
  EXPECT_EQ(changes[2].reason, "too dear");
  EXPECT_EQ(changes[2].time_in_previous_stage, absl::Hours(72));
}

TEST_F(OpportunityStore, AHistoryReadInPartsSaysTheSameAsInOne) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  const char* const stages[] = {"proposal", "discovery", "contract", "proposal"};
  for (int i = 0; i < 4; ++i) {
    Change<Opportunity> move = MoveTo(1, stages[i], i + 1);
    Update(move);
    ASSERT_TRUE(move.outcome.ok()) << move.outcome.status();
  }
  const std::vector<StageChange> whole = Changes(1);
  ASSERT_EQ(whole.size(), 5u);
  std::vector<StageChange> parts;
  for (int64_t after = 0; after < 5; after += 2) {
    for (StageChange& change : Changes(1, after, 2)) parts.push_back(std::move(change));
  }
  EXPECT_EQ(parts, whole);
  EXPECT_TRUE(Changes(2).empty());
}

TEST_F(OpportunityStore, EventsHoldNoFreeText) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  Change<Opportunity> lose = By(1, [](Opportunity& it) {
    return Lose(it, DefaultPipeline(), On(1), LossReason::kOther, "Mrs Smith left");
  });
  Update(lose);
  const std::string events = PostgresServer::Shared().Run(
      database_, "SELECT encode(payload, 'escape') FROM crm_opportunity.outbox_in ORDER BY id");
  EXPECT_THAT(events, ::testing::HasSubstr("OTHER"));
  EXPECT_THAT(events, ::testing::Not(::testing::HasSubstr("Smith")));
  EXPECT_THAT(events, ::testing::Not(::testing::HasSubstr("presses")));
}

TEST_F(OpportunityStore, MovesStayWithinThePage) {
  Creation<Opportunity> creation = New(1, "deal-1");
  Create(creation);
  Change<Opportunity> move = MoveTo(1, "proposal", 1);
  Change<Opportunity> back = MoveTo(1, "discovery", 2);
  Update(move);
  Update(back);
  ASSERT_TRUE(back.outcome.ok()) << back.outcome.status();
  const auto hot = [&] {
    return PostgresServer::Shared().Run(
        database_,
        "SELECT pg_stat_get_tuples_updated(c) || ' ' || pg_stat_get_tuples_hot_updated(c) "
        "FROM (SELECT 'crm_opportunity.opportunity'::regclass AS c) AS t");
  };
  pool_.reset();  // a session reports its counts when it ends
  EXPECT_TRUE(::crm::testing::Await(kPatience, [&] { return hot() == "2 2"; })) << hot();
}

}  // namespace
}  // namespace crm::opportunity::testing
