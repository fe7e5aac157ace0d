#include "services/opportunity/domain/forecast_change.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/base/status.h"

namespace crm::opportunity {
namespace {

constexpr int kWhole = 100;  // percent

template <class Key>
void Accumulate(std::map<Key, absl::int128>& sums, const Key& key, absl::int128 hundredths) {
  absl::int128& sum = sums[key];
  sum += hundredths;
  if (sum == 0) sums.erase(key);
}

ForecastValue Difference(const ForecastPosition& before, const ForecastPosition& after) {
  ForecastValue value = after.Value();
  value.Add(before.Value(), -1);
  return value;
}

// Between things that are both there, and both open or both won.
ForecastPart ScopePart(const ForecastPosition& before, const ForecastPosition& after) {
  if (before.in_period != after.in_period) {
    return after.in_period ? ForecastPart::kPulledIn : ForecastPart::kPushedOut;
  }
  if (before.of_owner != after.of_owner) {
    return after.of_owner ? ForecastPart::kOwnerIn : ForecastPart::kOwnerOut;
  }
  return after.in_rest ? ForecastPart::kScopeIn : ForecastPart::kScopeOut;
}

// The part that takes the whole difference; nothing if amount and probability share it.
std::optional<ForecastPart> WholePart(const ForecastPosition& before,
                                      const ForecastPosition& after) {
  if (!before.there) return ForecastPart::kCreated;
  if (!after.there) return ForecastPart::kErased;
  if (before.type != after.type) {
    switch (after.type) {
      case StageType::kOpen:
        return ForecastPart::kReopened;
      case StageType::kWon:
        return ForecastPart::kWon;
      case StageType::kLost:
        return ForecastPart::kLost;
    }
  }
  if (before.counts() != after.counts()) return ScopePart(before, after);
  const bool comparable =
      before.amount && after.amount && before.amount->currency == after.amount->currency;
  if (!comparable) return ForecastPart::kResized;
  return std::nullopt;
}

// The instants after `from` at which a thing may have changed, up to `until`.
std::set<absl::Time> Changes(const Deal& deal, absl::Time from, absl::Time until) {
  std::set<absl::Time> times;
  const auto add = [&](absl::Time time) {
    if (from < time && time <= until) times.insert(time);
  };
  for (const DealVersion& version : deal.versions) add(version.record_time);
  for (const DealChange& change : deal.changes) {
    add(change.effective_time);
    add(change.record_time);
  }
  return times;
}

}  // namespace

void ForecastValue::Add(const ForecastValue& value, int sign) {
  for (const auto& [currency, each] : value.sums) Accumulate(sums, currency, each * sign);
  for (const auto& [rate, each] : value.by_rate) Accumulate(by_rate, rate, each * sign);
}

ForecastValue ForecastPosition::Value() const {
  ForecastValue value;
  if (!counts() || type == StageType::kLost || !amount) return value;
  const absl::int128 hundredths =
      absl::int128(amount->minor) * (type == StageType::kWon ? kWhole : probability);
  Accumulate(value.sums, amount->currency, hundredths);
  const CurrencyRate* const rate =
      rates == nullptr ? nullptr : rates->Find(amount->currency, closed);
  if (rate != nullptr) Accumulate(value.by_rate, rate, hundredths);
  return value;
}

ForecastPosition PositionOf(std::optional<SeenDeal> deal, const ReportQuery& query, bool bounded) {
  ForecastPosition position;
  if (!deal) return position;
  position.there = true;
  position.type = deal->facts.stage_type;
  const std::optional<ForecastShare> share = ForecastShareOf(*std::move(deal), query.groups.zone);
  if (!share) return position;
  position.amount = share->facts.amount;
  position.probability = share->facts.probability;
  position.in_period = !bounded || (share->day && query.period.Holds(*share->day));
  position.of_owner = query.scope.HoldsOwner(share->facts);
  position.in_rest = query.scope.HoldsRest(share->facts);
  if (query.rates) position.rates = &*query.rates;
  if (position.type == StageType::kWon) position.closed = share->day;
  return position;
}

std::vector<ForecastStep> StepsBetween(const ForecastPosition& before,
                                       const ForecastPosition& after) {
  std::vector<ForecastStep> steps;
  const auto add = [&steps](ForecastPart part, ForecastValue value) {
    if (!value.empty()) steps.push_back({part, std::move(value)});
  };
  if (!before.there && !after.there) return steps;
  if (const std::optional<ForecastPart> whole = WholePart(before, after)) {
    add(*whole, Difference(before, after));
    return steps;
  }
  if (!after.counts()) return steps;
  ForecastPosition resized = before;
  resized.amount = after.amount;
  add(ForecastPart::kResized, Difference(before, resized));
  add(ForecastPart::kRerated, Difference(resized, after));
  return steps;
}

absl::Status ForecastComparison::Add(const Deal& deal) {
  const Viewpoint& second = query_.view;
  if (Settled(deal)) {
    CRM_ASSIGN_OR_RETURN(std::optional<SeenDeal> seen, See(deal, second));
    const ForecastValue value = PositionOf(std::move(seen), query_, bounded_).Value();
    before_.Add(value);
    after_.Add(value);
    return absl::OkStatus();
  }
  // The first instant as it is known now.
  Viewpoint middle{second.clock, first_.at, second.known_at};
  if (second.clock == ReportClock::kRecorded) middle.known_at = first_.at;
  CRM_ASSIGN_OR_RETURN(std::optional<SeenDeal> told, See(deal, first_));
  CRM_ASSIGN_OR_RETURN(std::optional<SeenDeal> restated, See(deal, middle));
  CRM_ASSIGN_OR_RETURN(std::optional<SeenDeal> last, See(deal, second));
  const ForecastPosition from = PositionOf(std::move(told), query_, bounded_);
  const ForecastPosition now = PositionOf(std::move(restated), query_, bounded_);
  const ForecastPosition to = PositionOf(std::move(last), query_, bounded_);
  before_.Add(from.Value());
  after_.Add(to.Value());
  CountRestated(deal, from, now);
  Count(deal, now, to, net_);
  ForecastPosition previous = now;
  for (const absl::Time time : Changes(deal, first_.at, second.at)) {
    Viewpoint there{second.clock, time, second.known_at};
    if (second.clock == ReportClock::kRecorded) there.known_at = time;
    CRM_ASSIGN_OR_RETURN(std::optional<SeenDeal> seen, See(deal, there));
    ForecastPosition next = PositionOf(std::move(seen), query_, bounded_);
    Count(deal, previous, next, gross_);
    previous = std::move(next);
  }
  return absl::OkStatus();
}

bool ForecastComparison::Settled(const Deal& deal) const {
  const Viewpoint& second = query_.view;
  const absl::Time first = std::min({first_.at, first_.known_at, second.at, second.known_at});
  const auto before = [first](absl::Time time) { return time <= first; };
  return before(deal.versions.back().record_time) &&
         absl::c_all_of(deal.changes, [&before](const DealChange& it) {
           return it.correction == nullptr && before(it.effective_time) && before(it.record_time);
         });
}

void ForecastComparison::Count(const Deal& deal, const ForecastPosition& from,
                               const ForecastPosition& to, Parts& parts) const {
  for (const ForecastStep& step : StepsBetween(from, to)) Put(deal, step.part, step.value, parts);
}

void ForecastComparison::CountRestated(const Deal& deal, const ForecastPosition& from,
                                       const ForecastPosition& to) {
  const ForecastValue value = Difference(from, to);
  if (value.empty()) return;
  Put(deal, ForecastPart::kRestated, value, net_);
  Put(deal, ForecastPart::kRestated, value, gross_);
}

void ForecastComparison::Put(const Deal& deal, ForecastPart part, const ForecastValue& value,
                             Parts& parts) const {
  Part& sum = parts[part];
  ++sum.count;
  sum.value.Add(value);
  if (sum.things.size() >= most_things_) return;
  sum.things.push_back({deal.id, deal.versions.back().facts.display_name, value});
}

}  // namespace crm::opportunity
