#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

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
  mutable std::map<std::string, Slow> slow_;  // of those asked for since the last was added
};

// An open thing that has a reason.
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

// What is at risk about `deal`, seen as `seen`; nothing if it is not open or outside of the scope
// or has no reason. `deal` must have all of its versions.
std::optional<RiskyDeal> RiskOf(const Deal& deal, const SeenDeal& seen, const ReportQuery& query,
                                const StagePace& pace, int silent_days);

// The order of a list: those with more reasons first, then those longest in their stage.
bool RiskierThan(const RiskyDeal& a, const RiskyDeal& b);

}  // namespace crm::opportunity
