#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "services/opportunity/domain/report_forecast.h"

// CompareForecasts: what became of a forecast between two instants, thing by thing, summing
// exactly.
namespace crm::opportunity {

// Why a thing puts more or less into the forecast than before. In the order in which they are
// asked: the first that applies takes the whole difference, but for the last two, which share it.
enum class ForecastPart {
  kRestated = 1,   // what is known of the first instant has changed
  kCreated = 2,    // it was not there
  kErased = 3,     // it is there no more: deleted
  kReopened = 4,   // won or lost, it is open again
  kWon = 5,        // it was won
  kLost = 6,       // it was lost
  kPulledIn = 7,   // its date came into the period
  kPushedOut = 8,  // its date left the period
  kOwnerIn = 9,    // it came to an owner of the scope
  kOwnerOut = 10,  // it left them
  kScopeIn = 11,   // it meets the rest of the scope now
  kScopeOut = 12,  // or no more
  kResized = 13,   // its amount changed: by the old probability
  kRerated = 14,   // its probability changed: by the new amount
};

// Hundredths of minor units: amount × probability in percent, of a won one amount × 100. What comes
// to 0 has no entry.
struct ForecastValue {
  std::map<std::string, absl::int128> sums;             // by currency
  std::map<const CurrencyRate*, absl::int128> by_rate;  // of what is converted, by its rate

  bool empty() const { return sums.empty() && by_rate.empty(); }
  void Add(const ForecastValue& value, int sign = 1);

  bool operator==(const ForecastValue&) const = default;
};

// What a thing puts into a forecast, and all that it depends on.
struct ForecastPosition {
  bool there = false;
  StageType type = StageType::kOpen;
  std::optional<base::Money> amount;
  int probability = 0;
  bool in_period = false;
  bool of_owner = false;
  bool in_rest = false;                       // of the scope
  const RateTable* rates = nullptr;           // if it is to be converted
  std::optional<absl::CivilDay> closed = {};  // when it was won

  bool counts() const { return there && in_period && of_owner && in_rest; }
  ForecastValue Value() const;
};

struct ForecastStep {
  ForecastPart part;
  ForecastValue value;
};

// `query`: its scope, its zone, its rates, and its period if `bounded`.
ForecastPosition PositionOf(std::optional<SeenDeal> deal, const ReportQuery& query, bool bounded);

// The parts of after.Value() - before.Value(): they add up to it exactly.
std::vector<ForecastStep> StepsBetween(const ForecastPosition& before,
                                       const ForecastPosition& after);

// The comparison.
class ForecastComparison {
 public:
  struct Thing {
    base::Uuid id;
    std::string display_name;
    ForecastValue value;
  };
  struct Part {
    int64_t count = 0;  // of changes; net: of things
    ForecastValue value;
    std::vector<Thing> things;  // the first ones, each as often as it changed
  };
  using Parts = std::map<ForecastPart, Part>;

  // From `first` to `second`, which has the scope too and must outlive this. `most_things`: how
  // many each part lists.
  ForecastComparison(const Viewpoint& first, const ReportQuery& second, bool bounded,
                     size_t most_things)
      : first_(first), query_(second), bounded_(bounded), most_things_(most_things) {}

  // INTERNAL as See.
  absl::Status Add(const Deal& deal);

  const ForecastValue& before() const { return before_; }
  const ForecastValue& after() const { return after_; }
  // By the two ends alone.
  const Parts& net() const { return net_; }
  // By every change between them: what came and went shows on both sides.
  const Parts& gross() const { return gross_; }

 private:
  // Whether `deal` is seen the same from both instants and from all between them.
  bool Settled(const Deal& deal) const;
  void Count(const Deal& deal, const ForecastPosition& from, const ForecastPosition& to,
             Parts& parts) const;
  void CountRestated(const Deal& deal, const ForecastPosition& from, const ForecastPosition& to);
  void Put(const Deal& deal, ForecastPart part, const ForecastValue& value, Parts& parts) const;

  const Viewpoint first_;
  const ReportQuery& query_;
  const bool bounded_;
  const size_t most_things_;
  ForecastValue before_;
  ForecastValue after_;
  Parts net_;
  Parts gross_;
};

}  // namespace crm::opportunity
