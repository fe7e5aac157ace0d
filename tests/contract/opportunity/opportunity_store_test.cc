// What the service's own rows promise beyond the contract that all repositories keep.

#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

using aggregate::Change;
using aggregate::Creation;

class OpportunityStore : public StoreTest {};

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
  it.line_items = {{"press, \"big\"", kMostQuantity, {"JPY", 1}, 0},
                   {"oil", 1, {"JPY", kMostAmount}, 1000}};
  it.competitors = {{"Rival {Ltd}", CompetitorStatus::kChosen, "NULL"},
                    {"Other", CompetitorStatus::kUnknown, ""}};
  it.next_step = {"Call \\ 'them'", absl::CivilDay(2026, 4, 30)};
  it.team = {{"agent-9", "engineer"}, {"agent-10", ""}};
  it.attributes = {{"region", "{north,\"east\"}"}, {"x", "\\ NULL"}};
  return it;
}

TEST_F(OpportunityStore, EveryFieldReadsBackAsItWasWritten) {
  Creation<Opportunity> bare = New(1);
  bare.aggregate.lead.reset();
  Creation<Opportunity> full = New(2, "deal,7");
  full.aggregate = Full(full.aggregate);
  full.aggregate.cloned_from = Id(1);
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
    const absl::Status status = Lose(it, DefaultPipeline(), On(3), LossReason::kOther, "moved");
    it.delete_time = kStart + absl::Microseconds(3);
    after = it;
    return status;
  });
  Update(change);
  ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  after.revision = 2;
  after.update_time = clock_.Now();
  after.stage_changes.clear();
  EXPECT_EQ(Stored(1), after);
}

TEST_F(OpportunityStore, AnEditOfOneFieldIsWritten) {
  Creation<Opportunity> creation = New(1);
  creation.aggregate = Full(creation.aggregate);
  creation.aggregate.line_items.clear();  // or no amount could be set
  Create(creation);
  for (const OpportunityEdit& edit : EveryEdit()) {
    Opportunity expected = *Stored(1);
    ASSERT_TRUE(Edit(expected, edit, DefaultPipeline()).ok());
    ++expected.revision;
    expected.update_time = clock_.Now();
    Change<Opportunity> change = EditOf(1, edit);
    Update(change);
    ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
    EXPECT_EQ(Stored(1), expected);
  }
}

TEST_F(OpportunityStore, AnEditAndAMoveInOneBatchAreBothWritten) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  OpportunityEdit rename;
  rename.display_name = "Fifty presses";
  Change<Opportunity> edit = EditOf(1, rename);
  Change<Opportunity> move = MoveTo(1, "proposal", 1);
  Update(edit, move);
  ASSERT_TRUE(move.outcome.ok()) << move.outcome.status();
  EXPECT_EQ(Stored(1)->display_name, "Fifty presses");
  EXPECT_EQ(Stored(1)->stage, "proposal");
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
  EXPECT_EQ(Metadata(again.outcome.status(), "lead"), absl::StrCat("leads/", LeadOf(1).ToString()));
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

TEST_F(OpportunityStore, ALeadHasAtMostOneOpportunity) {
  Creation<Opportunity> first = New(1, "deal-1");
  Create(first);
  Creation<Opportunity> second = New(2, "deal-2");
  second.aggregate.lead = LeadOf(1);
  Creation<Opportunity> apart = New(3);
  Creation<Opportunity> beside_it = New(4);
  beside_it.aggregate.lead = LeadOf(3);
  Creation<Opportunity> elsewhere = New(5);
  elsewhere.aggregate.lead = LeadOf(1);
  elsewhere.aggregate.tenant = "other";
  Create(second, apart, beside_it, elsewhere);
  EXPECT_EQ(Metadata(second.outcome.status(), "field"), "lead");
  EXPECT_EQ(Metadata(second.outcome.status(), "existing"), OpportunityName(Id(1)));
  EXPECT_TRUE(apart.outcome.ok()) << apart.outcome.status();
  EXPECT_EQ(Metadata(beside_it.outcome.status(), "existing"), OpportunityName(Id(3)));
  EXPECT_TRUE(elsewhere.outcome.ok()) << elsewhere.outcome.status();
  Change<Opportunity> move = MoveTo(1, "proposal", 1);
  Update(move);
  EXPECT_TRUE(move.outcome.ok()) << move.outcome.status();
}

// Databases of earlier versions may hold several.
TEST_F(OpportunityStore, OpportunitiesThatSharedALeadBeforeTheRuleStayAndCanBeChanged) {
  PostgresServer::Shared().Run(database_,
                               "SET search_path TO crm_opportunity; "
                               "DROP INDEX opportunity_one_per_lead; "
                               "ALTER TABLE opportunity DROP COLUMN beyond_first_of_lead; "
                               "DELETE FROM schema_migrations WHERE name = 'one_per_lead'");
  Creation<Opportunity> first = New(1, "deal-1");
  Create(first);
  Creation<Opportunity> second = New(2);
  second.aggregate.lead = LeadOf(1);
  clock_.Advance(absl::Seconds(1));
  Create(second);
  ASSERT_TRUE(second.outcome.ok()) << second.outcome.status();
  pg::ConnectionOptions owner = options_;
  owner.url = PostgresServer::Shared().Url(database_);
  const auto applied = pg::Migrate(owner, SchemaMigrations());
  ASSERT_TRUE(applied.ok()) << applied.status();

  OpportunityEdit rename;
  rename.external_id = "deal-1b";
  Change<Opportunity> edit_first = EditOf(1, rename);
  rename.external_id = "deal-2";
  Change<Opportunity> edit_second = EditOf(2, rename);
  Update(edit_first, edit_second);
  EXPECT_TRUE(edit_first.outcome.ok()) << edit_first.outcome.status();
  EXPECT_TRUE(edit_second.outcome.ok()) << edit_second.outcome.status();
  Creation<Opportunity> third = New(3);
  third.aggregate.lead = LeadOf(1);
  Create(third);
  EXPECT_EQ(Metadata(third.outcome.status(), "field"), "lead");
}

TEST_F(OpportunityStore, AnExternalIdThatIsTakenCannotBeMovedTo) {
  Creation<Opportunity> first = New(1, "deal-1");
  Creation<Opportunity> second = New(2, "deal-2");
  Creation<Opportunity> third = New(3);
  Create(first, second, third);
  OpportunityEdit take;
  take.external_id = "deal-1";
  OpportunityEdit rename;
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
  OpportunityEdit drop;
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

}  // namespace
}  // namespace crm::opportunity::testing
