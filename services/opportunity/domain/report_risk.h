#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

// ListAtRisk: open things that are slower than others were, or that nobody seems to look after.
namespace crm::opportunity {

// Numbered as v1.RiskReason.
enum class RiskReason {
  kSlow = 1,        // in its stage for longer than 75 in a hundred of the won things' visits there
  kOverdue = 2,     // its expected close date has passed
  kPushed = 3,      // that date was put off twice or more often
  kSilent = 4,      // nothing of it was changed for so many days
  kNoNextStep = 5,  // nothing is to be done next
};

// How long visits to OPEN stages last, by shared key.
class StagePace {
 public:
  struct Visits {
    Durations of_won;  // of things that are won
    SurvivalCurve all;
  };

  StagePace() = default;
  StagePace(const StagePace&) = delete;
  StagePace& operator=(const StagePace&) = delete;

  // Takes the stays of everything, whatever has become of it.
  void Add(const SeenDeal& deal, const StageOrder& order, absl::Time at);

  const Visits* Find(const std::string& stage_key) const;

  // The days that 75 in a hundred of the visits to a stage do not exceed; absent where that is not
  // known. Computed once for each stage, since there is a visit for each move.
  struct Slow {
    std::optional<double> of_won;
    std::optional<double> all;
  };
  const Slow& SlowIn(const std::string& stage_key) const;

 private:
  std::map<std::string, Visits> visits_;
  OfFewStages<Visits*> visits_in_;
  mutable std::map<std::string, Slow> slow_;  // of those asked for since the last was added
};

// An open thing that may have reasons.
struct RiskyDeal {
  base::Uuid id;
  DealFacts facts;
  std::vector<RiskReason> reasons;
  std::string stage_key;
  double days_in_stage = 0;
  std::optional<double> p75_won_days;  // of won things in that stage
  std::optional<double> p75_all_days;  // of all things there: those won alone were quick
  int pushes = 0;
  double days_unchanged = 0;
};

// What is at risk about `deal`, seen as `seen`, but for how often its date was put off; nothing if
// it is not open or outside of the scope.
std::optional<RiskyDeal> RiskOf(const Deal& deal, const SeenDeal& seen, const ReportQuery& query,
                                const StagePace& pace, int silent_days);

// How often the expected close date was put off by the instant; a date that came or went is no
// push. `deal` must have all of its versions that changed it.
int PushesOf(const Deal& deal, const Viewpoint& view);

// The riskiest of many things: those with more reasons first, then those longest in their stage.
// How often dates were put off takes a reading of older versions, so it is asked only of those that
// have no other reason, and of the first ones until no other can come among these.
class RiskList {
 public:
  // `most`: how many are told.
  explicit RiskList(size_t most) : most_(most) {}

  void Add(RiskyDeal deal);

  // Those of which it must be known next how often their date was put off, by their ids; none: all
  // is known. Called after the last Add; each time tells of them by SetPushes before the next.
  std::vector<base::Uuid> NextUnknown();
  // Of one of those; of which it is not called it was never put off.
  void SetPushes(const base::Uuid& id, int pushes);

  // How many have a reason.
  int64_t total() const;
  // The first ones. Ends the list.
  std::vector<RiskyDeal> Take();

 private:
  bool Settled() const;

  const size_t most_;
  std::vector<RiskyDeal> without_reason_;  // but perhaps that one
  std::vector<RiskyDeal> deals_;  // with another reason; in order from the first NextUnknown on
  size_t known_ = 0;              // of deals_
  bool begun_ = false;
  absl::flat_hash_map<base::Uuid, RiskyDeal*> asked_;
};

}  // namespace crm::opportunity
