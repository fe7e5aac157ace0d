// The sums of accounts are those of the events, whatever happened and in whatever order it arrived.

#include <random>

#include "services/contact/domain/account_edit.h"
#include "tests/unit/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

using Random = std::mt19937_64;

uint64_t Below(Random& random, uint64_t limit) { return random() % limit; }

std::optional<base::Money> AnyAmount(Random& random) {
  if (Below(random, 5) == 0) return std::nullopt;
  return base::Money{Below(random, 2) == 0 ? "USD" : "EUR",
                     static_cast<int64_t>(Below(random, 1'000)) - 100};
}

// One deal from its opening on: won, corrected, reopened, lost, in any order that its service
// allows.
std::vector<NeighbourMove> AnyHistory(Random& random, uint64_t deal, const base::Uuid& contact) {
  std::vector<NeighbourMove> moves;
  auto state = ThingState::kLive;
  for (int64_t version = 1; version <= 1 + static_cast<int64_t>(Below(random, 9)); ++version) {
    NeighbourMove move =
        Move(ThingKind::kOpportunity, base::Uuid(3, deal), version, state, contact);
    if (version > 1) {
      const NeighbourMove& before = moves.back();
      move.previous = before.state;
      move.previous_effective_time = before.effective_time;
      move.amount_before = before.amount;
      move.corrects = before.state == ThingState::kWon && Below(random, 3) == 0;
      move.state = move.corrects                       ? ThingState::kWon
                   : before.state != ThingState::kLive ? ThingState::kLive
                   : Below(random, 3) == 0             ? ThingState::kEnded
                                                       : ThingState::kWon;
    }
    if (move.state == ThingState::kWon) move.amount = AnyAmount(random);
    state = move.state;
    moves.push_back(std::move(move));
  }
  return moves;
}

// All of them in an order that keeps each deal's own, some of them twice.
std::vector<NeighbourMove> AnyMerge(Random& random,
                                    const std::vector<std::vector<NeighbourMove>>& histories) {
  std::vector<size_t> next(histories.size(), 0);
  std::vector<NeighbourMove> merged;
  for (;;) {
    std::vector<size_t> open;
    for (size_t i = 0; i < histories.size(); ++i) {
      if (next[i] < histories[i].size()) open.push_back(i);
    }
    if (open.empty()) return merged;
    const size_t deal = open[Below(random, open.size())];
    merged.push_back(histories[deal][next[deal]++]);
    if (Below(random, 4) == 0) merged.push_back(merged[Below(random, merged.size())]);
  }
}

struct Total {
  int64_t count = 0;
  std::map<std::string, int64_t> sums;
};

class AccountSums : public LifecycleBatchTest {
 protected:
  static base::Uuid CustomerOf(const base::Uuid& contact) {
    return contact == kPerson ? kCompany : contact;
  }

  // From the events alone: what the last of each deal says.
  static std::map<base::Uuid, Total> Recompute(
      const std::vector<std::vector<NeighbourMove>>& histories) {
    std::map<base::Uuid, Total> totals;
    for (const std::vector<NeighbourMove>& history : histories) {
      const NeighbourMove& last = history.back();
      if (last.state != ThingState::kWon) continue;
      Total& total = totals[AccountIdOf(CustomerOf(last.contact))];
      ++total.count;
      if (last.amount) total.sums[last.amount->currency] += last.amount->minor;
    }
    return totals;
  }

  // Somebody closes an account, or opens it again.
  void TouchAnAccount(Random& random) {
    for (auto& [key, row] : batch_.accounts()) {
      if (Below(random, 6) != 0) continue;
      const Occasion occasion{.now = kNow,
                              .effective_time = std::nullopt,
                              .event_id = ids_.New(),
                              .actor = "mara",
                              .request_id = "",
                              .traceparent = ""};
      Account& account = *row.after;
      ASSERT_TRUE((account.status == AccountStatus::kActive
                       ? Close(account, AccountCloseReason::kUnpaid, "", occasion)
                       : Reopen(account, occasion))
                      .ok());
    }
  }
};

TEST_F(AccountSums, AreThoseOfTheEvents) {
  int accounts = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    batch_ = Fresh();
    std::vector<std::vector<NeighbourMove>> histories;
    for (uint64_t deal = 1; deal <= 6; ++deal) {
      const base::Uuid contacts[] = {kPerson, kCompany, kSingle};
      histories.push_back(AnyHistory(random, deal, contacts[Below(random, 3)]));
    }
    for (const NeighbourMove& move : AnyMerge(random, histories)) {
      Apply(move);
      TouchAnAccount(random);
    }
    std::map<base::Uuid, Total> expected = Recompute(histories);
    for (const auto& [key, row] : batch_.accounts()) {
      const Account& account = *row.after;
      std::map<std::string, int64_t> sums = account.win_sums;
      std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
      std::erase_if(expected[key.id].sums, [](const auto& sum) { return sum.second == 0; });
      EXPECT_EQ(account.win_count, expected[key.id].count);
      EXPECT_EQ(sums, expected[key.id].sums);
      expected.erase(key.id);
      ++accounts;
    }
    EXPECT_TRUE(expected.empty()) << "each has its account";
  }
  EXPECT_GT(accounts, 300);
}

}  // namespace
}  // namespace crm::contact::testing
