#include "services/contact/domain/lifecycle_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "common/base/id_generator.h"

namespace crm::contact {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
const absl::Time kNow = kStart + absl::Hours(24 * 365);
const char kTenant[] = "acme";
const base::Uuid kPerson(1, 1);
const base::Uuid kCompany(1, 2);
const base::Uuid kLoner(1, 3);
const base::Uuid kLead(2, 1);
const base::Uuid kDeal(3, 1);

NeighbourMove Move(ThingKind kind, const base::Uuid& thing, int64_t version, ThingState state,
                   const base::Uuid& contact = kPerson) {
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

NeighbourMove LeadAt(int64_t version, ThingState state, const base::Uuid& thing = kLead) {
  return Move(ThingKind::kLead, thing, version, state);
}

NeighbourMove DealAt(int64_t version, ThingState state, const base::Uuid& thing = kDeal) {
  NeighbourMove move = Move(ThingKind::kOpportunity, thing, version, state);
  if (state == ThingState::kWon) move.amount = base::Money{"USD", 100};
  return move;
}

NeighbourMove Converted(int64_t version) {
  NeighbourMove move = LeadAt(version, ThingState::kEnded);
  move.successor = kDeal;
  return move;
}

class BookTest : public ::testing::Test {
 protected:
  BookTest() : book_(Fresh()) {}

  LifecycleBook Fresh() {
    LifecycleBook book(kNow, ids_);
    const auto add = [&](const base::Uuid& id, const char* name) {
      TrackedContact& contact = book.contacts()[TenantKey{kTenant, id}];
      contact.display_name = name;
      contact.stage_version = 1;
      contact.stage_time = kStart;
    };
    add(kPerson, "Anna");
    add(kCompany, "Acme");
    add(kLoner, "Bob");
    book.contacts()[TenantKey{kTenant, kPerson}].organization = kCompany;
    return book;
  }

  TrackedContact& Of(const base::Uuid& id) { return book_.contacts().at(TenantKey{kTenant, id}); }
  LifecycleStage StageOf(const base::Uuid& id) { return Of(id).stage; }

  void Apply(const NeighbourMove& move) { ASSERT_TRUE(book_.Apply(move).ok()); }

  // The stages that the contact went through.
  std::vector<std::string> PathOf(const base::Uuid& id) {
    std::vector<std::string> path;
    for (const StageChange& move : Of(id).moves) path.push_back(move.to);
    return path;
  }

  base::SequenceIdGenerator ids_;
  LifecycleBook book_;
};

TEST(StageTest, FollowsFromWhatIsLive) {
  for (const bool customer : {false, true}) {
    for (int64_t leads = 0; leads < 3; ++leads) {
      for (int64_t deals = 0; deals < 3; ++deals) {
        const LifecycleStage expected = customer    ? LifecycleStage::kCustomer
                                        : deals > 0 ? LifecycleStage::kOpportunity
                                        : leads > 0 ? LifecycleStage::kLead
                                                    : LifecycleStage::kContact;
        EXPECT_EQ(StageOf(customer, {leads, deals}), expected);
      }
    }
  }
}

TEST_F(BookTest, WalksFromContactToCustomer) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(LeadAt(2, ThingState::kLive));
  Apply(DealAt(1, ThingState::kLive));
  Apply(Converted(5));
  Apply(DealAt(2, ThingState::kWon));
  EXPECT_THAT(PathOf(kPerson), ElementsAre("LEAD", "OPPORTUNITY", "CUSTOMER"));
  EXPECT_THAT(PathOf(kCompany), ElementsAre("CUSTOMER"));
  int64_t version = 1;
  for (const StageChange& move : Of(kPerson).moves) EXPECT_EQ(move.version, ++version);
}

TEST_F(BookTest, FallsBackWhenTheLastLiveThingEndsWithoutASale) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(DealAt(1, ThingState::kLive));
  Apply(LeadAt(2, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kOpportunity) << "a further stage is live";
  Apply(DealAt(2, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kContact);
}

TEST_F(BookTest, GoesBackToLeadWhileALeadIsLive) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(DealAt(1, ThingState::kLive));
  Apply(DealAt(2, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kLead);
}

TEST_F(BookTest, ACustomerStaysACustomer) {
  Apply(DealAt(1, ThingState::kWon));
  Apply(DealAt(2, ThingState::kLive));
  Apply(DealAt(3, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kCustomer);
  EXPECT_EQ(StageOf(kCompany), LifecycleStage::kCustomer);
}

TEST_F(BookTest, AConvertedLeadForetellsItsOpportunity) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(Converted(2));
  EXPECT_THAT(PathOf(kPerson), ElementsAre("LEAD", "OPPORTUNITY")) << "no fall in between";
  Apply(DealAt(1, ThingState::kLive));
  EXPECT_EQ(Of(kPerson).live, (LiveThings{0, 1})) << "foretold and heard of are the same one";
  EXPECT_EQ(Of(kPerson).moves.size(), 2u);
}

TEST_F(BookTest, EventsThatAreNotNewerChangeNothing) {
  Apply(DealAt(3, ThingState::kEnded));
  Apply(DealAt(2, ThingState::kWon));
  Apply(DealAt(3, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kContact);
  EXPECT_TRUE(book_.accounts().empty());
}

TEST_F(BookTest, AnUnknownContactIsAnErrorThatChangesNothing) {
  const absl::Status status =
      book_.Apply(Move(ThingKind::kLead, kLead, 1, ThingState::kLive, base::Uuid(7, 7)));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(book_.engagements().empty());
}

TEST_F(BookTest, MovesAreEffectiveWhenTheirCauseWasButNeverBackwards) {
  NeighbourMove late = LeadAt(1, ThingState::kLive);
  late.effective_time = kStart + absl::Hours(100);
  Apply(late);
  NeighbourMove early = DealAt(1, ThingState::kLive);
  early.effective_time = kStart + absl::Hours(10);
  Apply(early);
  const auto& moves = Of(kPerson).moves;
  EXPECT_EQ(moves[0].effective_time, late.effective_time);
  EXPECT_EQ(moves[0].previous_effective_time, kStart);
  EXPECT_EQ(moves[1].effective_time, late.effective_time);
  EXPECT_EQ(moves[1].recorded_time, kNow);
  EXPECT_EQ(moves[1].causation_id, early.event_id.ToString());
  EXPECT_EQ(moves[1].actor, "importer");
}

TEST_F(BookTest, TheAccountBelongsToTheOrganizationElseToThePerson) {
  Apply(DealAt(1, ThingState::kWon));
  NeighbourMove loner = Move(ThingKind::kOpportunity, base::Uuid(3, 2), 1, ThingState::kWon, kLoner);
  Apply(loner);
  ASSERT_EQ(book_.accounts().size(), 2u);
  const Account& company = book_.accounts().at(TenantKey{kTenant, AccountIdOf(kCompany)});
  EXPECT_EQ(company.customer, kCompany);
  EXPECT_EQ(company.display_name, "Acme");
  EXPECT_EQ(company.owner, "agent");
  EXPECT_THAT(company.members, ElementsAre(kPerson));
  const Account& bob = book_.accounts().at(TenantKey{kTenant, AccountIdOf(kLoner)});
  EXPECT_EQ(bob.customer, kLoner);
  EXPECT_TRUE(bob.members.empty());
}

TEST_F(BookTest, WinsAreAddedOnceAndTakenBackWhenReopened) {
  Apply(DealAt(1, ThingState::kWon));
  Apply(DealAt(1, ThingState::kWon));
  const TenantKey key{kTenant, AccountIdOf(kCompany)};
  EXPECT_EQ(book_.accounts().at(key).win_count, 1);
  Apply(DealAt(2, ThingState::kLive));
  EXPECT_EQ(book_.accounts().at(key).win_count, 0);
  NeighbourMove again = DealAt(3, ThingState::kWon);
  again.amount = base::Money{"USD", 250};
  Apply(again);
  EXPECT_EQ(book_.accounts().at(key).win_count, 1);
  EXPECT_THAT(book_.accounts().at(key).win_sums, ElementsAre(Pair("USD", 250)));
  EXPECT_EQ(book_.accounts().at(key).stage_version, 2);
}

TEST_F(BookTest, SumsAreThoseOfTheDealsWonLast) {
  int64_t expected = 0;
  for (uint64_t i = 0; i < 50; ++i) {
    NeighbourMove deal = DealAt(1, ThingState::kWon, base::Uuid(4, i));
    deal.amount = base::Money{"USD", static_cast<int64_t>(i * i)};
    Apply(deal);
    if (i % 3 == 0) Apply(DealAt(2, ThingState::kLive, base::Uuid(4, i)));
    if (i % 3 != 0) expected += static_cast<int64_t>(i * i);
  }
  const Account& account = book_.accounts().at(TenantKey{kTenant, AccountIdOf(kCompany)});
  EXPECT_EQ(account.win_sums.at("USD"), expected);
  EXPECT_EQ(account.win_count, 33);
}

// Every way in which two ordered streams can be merged.
void ForEachMerge(const std::vector<NeighbourMove>& a, const std::vector<NeighbourMove>& b,
                  std::vector<NeighbourMove>& merged,
                  const std::function<void(const std::vector<NeighbourMove>&)>& visit,
                  size_t i = 0, size_t j = 0) {
  if (i == a.size() && j == b.size()) return visit(merged);
  if (i < a.size()) {
    merged.push_back(a[i]);
    ForEachMerge(a, b, merged, visit, i + 1, j);
    merged.pop_back();
  }
  if (j < b.size()) {
    merged.push_back(b[j]);
    ForEachMerge(a, b, merged, visit, i, j + 1);
    merged.pop_back();
  }
}

struct Story {
  const char* name;
  std::vector<NeighbourMove> leads;
  std::vector<NeighbourMove> deals;
  LifecycleStage person;
  LiveThings live;
};

std::vector<Story> Stories() {
  const base::Uuid other_lead(2, 2);
  const base::Uuid other_deal(3, 2);
  const auto live = ThingState::kLive;
  const auto ended = ThingState::kEnded;
  const auto won = ThingState::kWon;
  const std::vector<NeighbourMove> converted = {LeadAt(1, live), LeadAt(2, live), Converted(3)};
  return {
      {"opened", converted, {DealAt(1, live)}, LifecycleStage::kOpportunity, {0, 1}},
      {"won", converted, {DealAt(1, live), DealAt(2, won)}, LifecycleStage::kCustomer, {0, 0}},
      {"lost", converted, {DealAt(1, live), DealAt(2, ended)}, LifecycleStage::kContact, {0, 0}},
      {"won, reopened, lost",
       converted,
       {DealAt(1, live), DealAt(2, won), DealAt(3, live), DealAt(4, ended)},
       LifecycleStage::kCustomer,
       {0, 0}},
      {"another lead lives on",
       {LeadAt(1, live), LeadAt(1, live, other_lead), Converted(2)},
       {DealAt(1, live), DealAt(2, ended)},
       LifecycleStage::kLead,
       {1, 0}},
      {"disqualified and reopened",
       {LeadAt(1, live), LeadAt(2, ended), LeadAt(3, live)},
       {DealAt(1, live, other_deal), DealAt(2, ended, other_deal)},
       LifecycleStage::kLead,
       {1, 0}},
      {"all over",
       {LeadAt(1, live), LeadAt(2, ended), LeadAt(1, live, other_lead), LeadAt(2, ended, other_lead)},
       {DealAt(1, live), DealAt(1, live, other_deal), DealAt(2, ended), DealAt(2, ended, other_deal)},
       LifecycleStage::kContact,
       {0, 0}},
  };
}

TEST_F(BookTest, EveryMergeOfTheStreamsEndsInTheSameStage) {
  for (const Story& story : Stories()) {
    int merges = 0;
    std::vector<NeighbourMove> merged;
    ForEachMerge(story.leads, story.deals, merged, [&](const std::vector<NeighbourMove>& moves) {
      ++merges;
      book_ = Fresh();
      for (const NeighbourMove& move : moves) Apply(move);
      EXPECT_EQ(StageOf(kPerson), story.person) << story.name;
      EXPECT_EQ(Of(kPerson).live, story.live) << story.name;
      int64_t version = 1;
      absl::Time previous = kStart;
      std::string from = "CONTACT";
      for (const StageChange& move : Of(kPerson).moves) {
        EXPECT_EQ(move.version, ++version);
        EXPECT_EQ(move.from, from);
        EXPECT_GE(move.effective_time, previous);
        previous = move.effective_time;
        from = move.to;
      }
    });
    EXPECT_GE(merges, 4) << story.name;
  }
}

TEST_F(BookTest, RepeatingAnyPrefixChangesNothingMore) {
  const std::vector<NeighbourMove> moves = {LeadAt(1, ThingState::kLive), Converted(2),
                                            DealAt(1, ThingState::kLive),
                                            DealAt(2, ThingState::kWon)};
  for (size_t repeated = 0; repeated <= moves.size(); ++repeated) {
    book_ = Fresh();
    for (const NeighbourMove& move : moves) Apply(move);
    for (size_t i = 0; i < repeated; ++i) Apply(moves[i]);
    EXPECT_EQ(Of(kPerson).moves.size(), 3u);
    EXPECT_EQ(book_.accounts().begin()->second.win_count, 1);
  }
}

}  // namespace
}  // namespace crm::contact
