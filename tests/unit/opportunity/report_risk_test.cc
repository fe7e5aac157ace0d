// What is listed as at risk, where nobody asks more than needed how often dates were put off.

#include "services/opportunity/domain/report_risk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

namespace crm::opportunity::testing {
namespace {

using Order = std::vector<base::Uuid>;

struct Truth {
  RiskyDeal deal;  // but for its pushes
  int pushes = 0;
};

std::vector<Truth> RandomRisks(size_t count, size_t most_reasons, int64_t days,
                               std::mt19937& random) {
  std::vector<Truth> risks(count);
  for (size_t i = 0; i < count; ++i) {
    RiskyDeal& deal = risks[i].deal;
    deal.id = base::Uuid(1, i);
    const RiskReason all[] = {RiskReason::kSlow, RiskReason::kOverdue, RiskReason::kSilent,
                              RiskReason::kNoNextStep};
    for (size_t j = 0; j < random() % (most_reasons + 1); ++j) deal.reasons.push_back(all[j]);
    deal.days_in_stage = static_cast<double>(random() % static_cast<uint64_t>(days));
    risks[i].pushes = static_cast<int>(random() % 4);
  }
  return risks;
}

// The ids of the first `most`, with all known.
Order Sorted(const std::vector<Truth>& risks, size_t most, int64_t& total) {
  std::vector<std::tuple<size_t, double, base::Uuid>> order;
  for (const Truth& it : risks) {
    const size_t reasons = it.deal.reasons.size() + (it.pushes >= 2 ? 1 : 0);
    if (reasons > 0) order.emplace_back(reasons, it.deal.days_in_stage, it.deal.id);
  }
  total = static_cast<int64_t>(order.size());
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::tuple(std::get<0>(b), std::get<1>(b), std::get<2>(a)) <
           std::tuple(std::get<0>(a), std::get<1>(a), std::get<2>(b));
  });
  Order ids;
  for (size_t i = 0; i < std::min(most, order.size()); ++i) ids.push_back(std::get<2>(order[i]));
  return ids;
}

struct Listed {
  Order ids;
  int64_t total = 0;
  size_t asked = 0;
};

Listed ListOf(const std::vector<Truth>& risks, size_t most) {
  RiskList list(most);
  std::map<base::Uuid, int> pushes;
  for (const Truth& it : risks) {
    list.Add(it.deal);
    pushes[it.deal.id] = it.pushes;
  }
  Listed listed;
  for (auto ids = list.NextUnknown(); !ids.empty(); ids = list.NextUnknown()) {
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    listed.asked += ids.size();
    for (const base::Uuid& id : ids) list.SetPushes(id, pushes.at(id));
  }
  listed.total = list.total();
  for (const RiskyDeal& deal : list.Take()) {
    listed.ids.push_back(deal.id);
    EXPECT_TRUE(std::is_sorted(deal.reasons.begin(), deal.reasons.end()));
    EXPECT_EQ(deal.pushes, pushes.at(deal.id));
  }
  return listed;
}

TEST(RiskList, IsWhatItWouldBeIfAllWereKnown) {
  std::mt19937 random(20261128);
  for (int round = 0; round < 16; ++round) {
    const size_t count = round % 3 == 0 ? random() % 10 : 2000 + random() % 6000;
    const auto risks = RandomRisks(count, random() % 5, round % 2 == 0 ? 20 : 100'000, random);
    const size_t most = 1 + random() % 1000;
    int64_t total = 0;
    const Order expected = Sorted(risks, most, total);
    const Listed listed = ListOf(risks, most);
    EXPECT_EQ(listed.ids, expected) << "round " << round;
    EXPECT_EQ(listed.total, total) << "round " << round;
  }
}

TEST(RiskList, AsksOnlyOfThoseThatMayComeFirst) {
  std::mt19937 random(1);
  auto risks = RandomRisks(20'000, 4, 100'000, random);
  std::erase_if(risks, [](const Truth& it) { return it.deal.reasons.empty(); });
  EXPECT_LT(ListOf(risks, 50).asked, 5000U);
}

}  // namespace
}  // namespace crm::opportunity::testing
