// Whatever the order in which two streams arrive among each other, the end is the same.

#include <functional>

#include "tests/unit/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

// Every way in which two ordered streams can be merged.
void ForEachMerge(const std::vector<NeighbourMove>& a, const std::vector<NeighbourMove>& b,
                  std::vector<NeighbourMove>& merged,
                  const std::function<void(const std::vector<NeighbourMove>&)>& visit, size_t i = 0,
                  size_t j = 0) {
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
       {LeadAt(1, live), LeadAt(2, ended), LeadAt(1, live, other_lead),
        LeadAt(2, ended, other_lead)},
       {DealAt(1, live), DealAt(1, live, other_deal), DealAt(2, ended),
        DealAt(2, ended, other_deal)},
       LifecycleStage::kContact,
       {0, 0}},
  };
}

TEST_F(LifecycleBatchTest, EveryMergeOfTheStreamsEndsInTheSameStage) {
  for (const Story& story : Stories()) {
    int merges = 0;
    std::vector<NeighbourMove> merged;
    ForEachMerge(Chained(story.leads), Chained(story.deals), merged,
                 [&](const std::vector<NeighbourMove>& moves) {
                   ++merges;
                   batch_ = Fresh();
                   for (const NeighbourMove& move : moves) Apply(move);
                   EXPECT_EQ(StageOf(kPerson), story.person) << story.name;
                   EXPECT_EQ(Of(kPerson).live, story.live) << story.name;
                   int64_t version = 1;
                   absl::Time previous = kStart;
                   std::string from = "CONTACT";
                   for (const StageChange& move : Of(kPerson).stage_changes) {
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

TEST_F(LifecycleBatchTest, RepeatingAnyPrefixChangesNothingMore) {
  const std::vector<NeighbourMove> moves =
      Chained({LeadAt(1, ThingState::kLive), LeadAt(2, ThingState::kLive), Converted(3),
               DealAt(1, ThingState::kLive), DealAt(2, ThingState::kWon)});
  for (size_t repeated = 0; repeated <= moves.size(); ++repeated) {
    batch_ = Fresh();
    for (const NeighbourMove& move : moves) Apply(move);
    for (size_t i = 0; i < repeated; ++i) Apply(moves[i]);
    EXPECT_EQ(Of(kPerson).stage_changes.size(), 3u);
    EXPECT_EQ(AccountOf(kCompany).win_count, 1);
  }
}

}  // namespace
}  // namespace crm::contact::testing
