#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/domain/lead_deletion.h"
#include "services/lead/domain/lead_edit.h"
#include "services/lead/domain/report_story.h"
#include "tests/unit/lead/lead_fixture.h"

// Leads of chance, as reports are given them.
namespace crm::lead::testing {

inline LeadFacts FactsFrom(const Lead& it) {
  LeadFacts facts;
  facts.state = it.state;
  facts.stage_version = it.stage_version;
  facts.owner = it.owner;
  facts.source = it.source;
  facts.source_detail = it.source_detail;
  facts.attributes = it.attributes;
  facts.first_response = it.activities.first_response;
  facts.verdict = it.verdict;
  facts.qualification_overridden = it.qualification_overridden;
  facts.disqualify_reason = it.disqualify_reason;
  facts.delete_time = it.delete_time;
  return facts;
}

// One lead and its opportunity, with the versions, moves and activities that the store would keep.
class RandomLead {
 public:
  // Recorded at `now`; it came in up to four days earlier.
  RandomLead(uint32_t seed, absl::Time now) : seed_(seed), random_(seed), now_(now) {
    it_.tenant = "acme";
    it_.id = base::Uuid(0x7000, 1'000'000 + seed);
    it_.contact = base::Uuid(0x7001, seed);
    it_.owner = AnyOwner();
    it_.source = static_cast<LeadSource>(Below(4));
    it_.source_detail = Below(3) == 0 ? "fair" : "";
    if (Below(2) == 0) it_.attributes = {{"campaign", Below(2) == 0 ? "spring" : "autumn"}};
    EXPECT_TRUE(Open(it_, Sometime(6000)).ok());
    it_.create_time = now;
    it_.open_time = it_.stage_changes.front().effective_time;
    Keep();
  }

  void Step() { StepAt(now_ + absl::Minutes(1 + Below(6000))); }
  // The same at `now`, which is later than the step before.
  void StepAt(absl::Time now) {
    now_ = now;
    const Lead before = it_;
    const std::vector<Activity> activities = activities_;
    if (!Try().ok() || it_ == before) {
      it_ = before;
      activities_ = activities;
      return;
    }
    Keep();
  }

  const LeadStory& story() const { return story_; }
  const Lead& it() const { return it_; }
  const std::vector<StageChange>& changes() const { return changes_; }
  // All that were recorded, as they are now.
  const std::vector<Activity>& activities() const { return activities_; }
  absl::Time now() const { return now_; }

  // What of it was recorded by a time.
  LeadStory Until(absl::Time time) const {
    LeadStory known;
    known.id = story_.id;
    for (const auto& it : story_.versions) {
      if (it.record_time <= time) known.versions.push_back(it);
    }
    for (const auto& it : story_.moves) {
      if (it.record_time <= time) known.moves.push_back(it);
    }
    for (const auto& it : story_.sale) {
      if (it.record_time <= time) known.sale.push_back(it);
    }
    return known;
  }

 private:
  int64_t Below(uint32_t end) { return static_cast<int64_t>(random_() % end); }
  std::string AnyOwner() { return Below(5) == 0 ? "" : absl::StrCat("agent-", Below(3)); }

  Occasion Sometime(uint32_t minutes) {
    Occasion occasion = At(now_);
    occasion.event_id = base::Uuid(0x7002 + seed_, changes_.size());
    if (Below(2) == 0) occasion.effective_time = now_ - absl::Minutes(Below(minutes));
    return occasion;
  }
  Occasion Sometime() { return Sometime(4000); }

  absl::Status Try() {
    if (it_.state == LeadState::kConverting) {
      return Below(4) == 0 ? AbandonConversion(it_, it_.conversion->id, "REFUSED", At(now_))
                           : FinishConversion(it_, it_.conversion->id, At(now_));
    }
    if (it_.state == LeadState::kConverted && Below(2) == 0) return TurnSale();
    switch (Below(10)) {
      case 0:
      case 1:
        return Act();
      case 2:
      case 3:
        return Judge();
      case 4:
        return Qualify(it_, DefaultPolicy(), Below(2) == 0 ? "known for years" : "", Sometime());
      case 5:
        return Disqualify(it_, static_cast<DisqualifyReason>(1 + Below(8)), "", DefaultPolicy(),
                          Sometime());
      case 6:
        return Reopen(it_, "they called", Sometime());
      case 7:
        return Convert();
      case 8:
        if (it_.deleted()) return Undelete(it_);
        return Below(4) == 0 ? Delete(it_, DefaultPolicy(), At(now_)) : Change();
      default:
        return Change();
    }
  }

  absl::Status Act() {
    Activity activity =
        Did(static_cast<ActivityType>(1 + Below(4)), static_cast<ActivityDirection>(1 + Below(2)),
            now_ - absl::Minutes(Below(2) * Below(5000)));
    activity.id = base::Uuid(0x7003 + seed_, activities_.size());
    activity.record_time = now_;
    CRM_RETURN_IF_ERROR(LogActivity(it_, activity, At(now_)));
    activities_.push_back(activity);
    return absl::OkStatus();
  }

  absl::Status Judge() {
    const auto criterion = static_cast<Criterion>(1 + Below(5));
    const auto finding = Below(3) == 0 ? static_cast<Finding>(1 + Below(4)) : Finding::kMet;
    Assessment assessment =
        Found(criterion, finding, now_ - absl::Hours(24) * (Below(8) == 0 ? 200 : Below(5)));
    assessment.id = base::Uuid(0x7004 + seed_, ++assessments_);
    assessment.record_time = now_;
    return Assess(it_, assessment, DefaultPolicy(), At(now_));
  }

  absl::Status Convert() {
    Conversion conversion = AConversion(1'000'000 + seed_ * 100 + ++conversions_);
    const Occasion occasion = Sometime();
    conversion.effective_time = occasion.effective_time.value_or(now_);
    conversion.plan.override_reason = "they insist";
    return StartConversion(it_, conversion, "", occasion);
  }

  absl::Status Change() {
    LeadEdit edit;
    switch (Below(4)) {
      case 0:
        edit.source = static_cast<LeadSource>(Below(4));
        break;
      case 1:
        edit.attributes = std::map<std::string, std::string>{{"campaign", "winter"}};
        break;
      default:
        edit.owner = AnyOwner();
    }
    return Edit(it_, edit);
  }

  // Closes or reopens the opportunity, or corrects when that happened. Versions are those of its
  // moves, of which the lead service is not told all.
  absl::Status TurnSale() {
    std::vector<SaleChange>& sale = story_.sale;
    SaleChange change;
    change.version = (sale.empty() ? 1 : sale.back().version) + 1 + Below(2);
    change.record_time = now_;
    change.effective_time = std::max(now_ - absl::Minutes(Below(4000)), last_sale_);
    if (!sale.empty() && Below(3) == 0) {
      change.corrects = sale.back().version;
      change.state = sale.back().state;
      change.effective_time = std::min(sale.back().effective_time + absl::Minutes(Below(60)), now_);
    } else if (sale.empty() || sale.back().state == SaleState::kOpen) {
      change.state = Below(2) == 0 ? SaleState::kWon : SaleState::kLost;
    }
    last_sale_ = std::max(last_sale_, change.effective_time);
    sale.push_back(change);
    return absl::OkStatus();
  }

  void Keep() {
    story_.id = it_.id;
    for (const StageChange& change : it_.stage_changes) {
      story_.moves.push_back(
          {change.version, change.to, change.effective_time, change.record_time, change.owner});
      changes_.push_back(change);
    }
    it_ = AsLoaded(std::move(it_));
    story_.versions.push_back(
        {static_cast<int64_t>(story_.versions.size()) + 1, now_, FactsFrom(it_)});
  }

  const uint64_t seed_;
  std::mt19937 random_;
  absl::Time now_;
  Lead it_;
  LeadStory story_;
  std::vector<StageChange> changes_;
  std::vector<Activity> activities_;
  uint64_t assessments_ = 0;
  uint64_t conversions_ = 0;
  absl::Time last_sale_ = absl::UnixEpoch();
};

}  // namespace crm::lead::testing
