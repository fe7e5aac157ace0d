#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "services/opportunity/domain/opportunity_deletion.h"
#include "services/opportunity/domain/report_deal.h"
#include "services/opportunity/domain/stage_correction.h"
#include "tests/unit/opportunity/sample.h"

// Opportunities of chance, as reports are given them.
namespace crm::opportunity::testing {

inline DealFacts FactsFrom(const Opportunity& it) {
  DealFacts facts;
  facts.display_name = it.display_name;
  facts.owner = it.owner;
  facts.pipeline = it.pipeline;
  facts.stage = it.stage;
  facts.stage_type = it.stage_type;
  facts.stage_version = it.stage_version;
  facts.amount = it.amount;
  facts.expected_close_date = it.expected_close_date;
  facts.probability = it.probability;
  facts.category = it.category;
  facts.loss_reason = it.loss_reason;
  facts.open_time = it.open_time;
  facts.close_time = it.close_time;
  facts.stage_enter_time = it.stage_enter_time;
  facts.next_step = it.next_step;
  facts.attributes = it.attributes;
  facts.delete_time = it.delete_time;
  facts.lead_source = it.lead_source;
  return facts;
}

inline Definition Renewals() {
  auto pipeline = std::make_shared<Pipeline>(DefaultPipeline());
  pipeline->slug = "renewals";
  return pipeline;
}

// One opportunity, with the versions and changes that the store would keep.
class RandomDeal {
 public:
  explicit RandomDeal(uint32_t seed)
      : RandomDeal(seed,
                   kStart + absl::Hours(24) * 100 + absl::Hours(static_cast<int64_t>(seed % 50))) {}
  // Recorded at `now`.
  RandomDeal(uint32_t seed, absl::Time now)
      : first_event_(100'000 + uint64_t{1000} * seed), random_(seed), it_(Ready()), now_(now) {
    it_.id = Id(seed);
    it_.lead_source = static_cast<LeadSource>(seed % 4);
    EXPECT_TRUE(Open(it_, *pipelines_[0], At(2000)).ok());
    it_.stage_changes.erase(it_.stage_changes.begin(), it_.stage_changes.end() - 1);
    deal_.id = it_.id;
    Keep();
  }
  RandomDeal(const RandomDeal&) = delete;  // deal() points into it
  RandomDeal& operator=(const RandomDeal&) = delete;

  void Step() { StepAt(now_ + absl::Minutes(Below(6000) + 1)); }
  // The same at `now`, which is later than the step before.
  void StepAt(absl::Time now) {
    now_ = now;
    const Opportunity before = it_;
    if (!Try().ok() || it_ == before) return;
    Keep();
  }

  // Lives as long as this.
  const Deal& deal() const { return deal_; }
  const std::vector<StageChange>& story() const { return story_; }
  const Opportunity& it() const { return it_; }
  absl::Time now() const { return now_; }
  // What of it was recorded by a time.
  Deal Until(absl::Time time) const {
    Deal known;
    known.id = deal_.id;
    for (const DealVersion& version : deal_.versions) {
      if (version.record_time <= time) known.versions.push_back(version);
    }
    for (const DealChange& change : deal_.changes) {
      if (change.record_time <= time) known.changes.push_back(change);
    }
    return known;
  }

 private:
  size_t Below(size_t end) { return random_() % end; }
  const Pipeline& Here() const { return *pipelines_[it_.pipeline == "renewals" ? 1 : 0]; }
  const std::string& AnyStage() { return Here().stages[Below(5)].key; }

  Occasion At(int64_t minutes_ago) {
    Occasion occasion = On(0);
    occasion.now = now_;
    occasion.event_id = Id(first_event_ + story_.size());
    if (minutes_ago > 0) occasion.effective_time = now_ - absl::Minutes(minutes_ago);
    return occasion;
  }
  Occasion Sometime() { return At(static_cast<int64_t>(Below(2) * Below(6000))); }

  absl::Status Try() {
    switch (Below(12)) {
      case 0:
        return Win(it_, Here(), Sometime());
      case 1:
        return Lose(it_, Here(), Sometime(), LossReason::kPrice);
      case 2:
        return Reopen(it_, Here(), AnyStage(), Sometime(), "again");
      case 3:
        return Correct();
      case 4:
        return MoveToPipeline(it_, Here(), pipelines_[Below(2)], AnyStage(), Sometime(), "", "any");
      case 5:
        return it_.deleted() ? Undelete(it_)
                             : (Below(4) == 0 ? Delete(it_, Here(), At(0)) : absl::OkStatus());
      case 6:
      case 7:
        return Move(it_, Here(), AnyStage(), Sometime(), "", "any");
      default:
        return Change();
    }
  }

  absl::Status Change() {
    static constexpr const char* kCurrencies[] = {"EUR", "USD", "JPY"};
    OpportunityEdit edit;
    switch (Below(5)) {
      case 4:
        edit.lead_source = static_cast<LeadSource>(Below(9));
        break;
      case 0:
        edit.amount = std::make_optional(
            base::Money{kCurrencies[Below(3)], static_cast<int64_t>(Below(100'000))});
        break;
      case 1:
        edit.probability = std::make_optional(static_cast<int>(Below(101)));
        break;
      case 2:
        edit.expected_close_date = std::make_optional(absl::CivilDay(2026, 6, 1) + Below(200));
        break;
      default:
        edit.owner = absl::StrCat("agent-", Below(3));
    }
    return Edit(it_, edit, Here());
  }

  absl::Status Correct() {
    CorrectionOrder order;
    order.version = static_cast<int64_t>(Below(story_.size() + 1));
    if (Below(2) == 0) order.stage = AnyStage();
    Occasion occasion = At(0);
    if (Below(2) == 0) occasion.effective_time = now_ - absl::Minutes(Below(40'000));
    return CorrectChange(it_, Here(), story_, order, occasion);
  }

  void Keep() {
    for (StageChange& change : it_.stage_changes) story_.push_back(std::move(change));
    it_.stage_changes.clear();
    deal_.changes.clear();
    for (const StageChange& change : story_) deal_.changes.push_back(DealChangeOf(change));
    deal_.versions.push_back(
        {static_cast<int64_t>(deal_.versions.size()) + 1, now_, FactsFrom(it_)});
  }

  const std::vector<Definition> pipelines_ = {std::make_shared<Pipeline>(DefaultPipeline()),
                                              Renewals()};
  const uint64_t first_event_;  // ids of events are of one deal each
  std::mt19937 random_;
  Opportunity it_;
  absl::Time now_;
  std::vector<StageChange> story_;
  Deal deal_;  // of the texts in story_
};

}  // namespace crm::opportunity::testing
