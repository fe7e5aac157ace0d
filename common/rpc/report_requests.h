#pragma once

#include <absl/strings/str_cat.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/report/calendar.h"
#include "common/report/viewpoint.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/validation.h"

// What requests for reports have in common: from where to look, by what to group, of which days. On
// the message type, so that nothing here depends on generated code.
namespace crm::rpc {

inline constexpr size_t kMostReportGroups = 3;
inline constexpr size_t kMostReportPoints = 100;
inline constexpr int kLongestReportDays = 3650;
inline constexpr int kMonthsOfYear = 12;
inline constexpr size_t kTimeZoneLimit = 64;
inline constexpr size_t kAttributeKeyLimit = 63;

template <class Enum>
bool IsValueOf(Enum value) {
  return google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value) != nullptr;
}

// An instant that is there is not in the future.
template <class Timestamp>
void CheckInstant(absl::string_view path, bool present, const Timestamp& time, Validation& v) {
  const size_t before = v.violations().size();
  v.TimestampField(path, present, time, kOptional);
  if (present && v.violations().size() == before && TimeFrom(time) > v.now()) {
    v.Custom(path, "must not be in the future");
  }
}

// A ReportView, of whose clocks `recorded` is the recorded one.
template <class View, class Clock>
void CheckReportView(const View& view, Clock recorded, Validation& v) {
  v.Enum("view.clock", view.clock(), IsValueOf(view.clock()), kOptional);
  CheckInstant("view.as_of", view.has_as_of(), view.as_of(), v);
  CheckInstant("view.known_at", view.has_known_at(), view.known_at(), v);
  if (view.has_known_at() && view.clock() == recorded) {
    v.Custom("view.known_at", "must be absent with clock RECORDED");
  }
  const size_t before = v.violations().size();
  v.Text("view.time_zone", view.time_zone(), {.max = kTimeZoneLimit});
  if (v.violations().size() == before && !report::TimeZoneOf(view.time_zone())) {
    v.Custom("view.time_zone", "must be the name of a time zone, e.g. \"Europe/Berlin\"");
  }
  v.Number("view.fiscal_year_start_month", view.fiscal_year_start_month(), 0, kMonthsOfYear);
}

// A ReportGroups, of whose groupings `attribute` goes by an attribute.
template <class Groups, class Grouping>
void CheckReportGroups(const Groups& groups, Grouping attribute, Validation& v) {
  v.Count("groups.by", groups.by_size(), kMostReportGroups);
  std::set<int> seen;
  bool by_attribute = false;
  for (int i = 0; i < groups.by_size(); ++i) {
    const std::string path = absl::StrCat("groups.by[", i, "]");
    v.Enum(path, groups.by(i), IsValueOf(groups.by(i)), kRequired);
    if (!seen.insert(groups.by(i)).second) v.Custom(path, "must not be named twice");
    by_attribute |= groups.by(i) == attribute;
  }
  v.Text("groups.attribute", groups.attribute(),
         {0, kAttributeKeyLimit, by_attribute ? kRequired : kOptional});
}

// A ReportPeriod that is there.
template <class Period>
void CheckReportDays(const Period& period, Validation& v) {
  const size_t before = v.violations().size();
  v.DateField("period.start", period.has_start(), period.start(), kRequired);
  v.DateField("period.end", period.has_end(), period.end(), kRequired);
  if (v.violations().size() == before && DayFrom(period.end()) <= DayFrom(period.start())) {
    v.Custom("period.end", "must be later than the start");
  }
}

// A ReportPeriod that must be there.
template <class Period>
void CheckReportPeriod(bool present, const Period& period, Validation& v) {
  v.Present("period", present);
  if (present) CheckReportDays(period, v);
}

// Points at which to tell a curve: ascending, `least` to `most`.
template <class Points>
void CheckReportPoints(absl::string_view path, const Points& points, int least, int most,
                       Validation& v) {
  v.Count(path, points.size(), kMostReportPoints);
  std::optional<int> last;
  for (int i = 0; i < points.size(); ++i) {
    const std::string item = absl::StrCat(path, "[", i, "]");
    v.Number(item, points.Get(i), least, most);
    if (last && points.Get(i) <= *last) v.Custom(item, "must be greater than the one before");
    last = points.Get(i);
  }
}

template <class Period>
report::Period PeriodFrom(const Period& period) {
  return {DayFrom(period.start()), DayFrom(period.end())};
}

// Of a checked view; `now` for what it leaves open.
template <class View, class Clock>
report::Viewpoint ViewpointFrom(const View& view, Clock recorded, absl::Time now) {
  report::Viewpoint point;
  point.clock = view.clock() == recorded ? report::Clock::kRecorded : report::Clock::kEffective;
  point.at = view.has_as_of() ? TimeFrom(view.as_of()) : now;
  point.known_at = view.has_known_at() ? TimeFrom(view.known_at()) : now;
  if (point.clock == report::Clock::kRecorded) point.known_at = point.at;
  return point;
}

// All of a ReportBasis but its sequences.
template <class Basis>
void SetReportBasis(const report::Viewpoint& view, absl::TimeZone zone, Basis& basis) {
  basis.set_clock(static_cast<decltype(basis.clock())>(view.clock));
  SetTime(view.at, basis.mutable_as_of());
  SetTime(view.known_at, basis.mutable_known_at());
  basis.set_time_zone(zone.name());
}

// Up to which event of each partition of the service's log a report goes.
template <class Basis>
void SetSequences(const std::vector<int64_t>& last_sequences, Basis& basis) {
  basis.set_last_sequence(last_sequences.empty() ? 0 : last_sequences[0]);
  basis.mutable_last_sequences()->Assign(last_sequences.begin(), last_sequences.end());
}

}  // namespace crm::rpc
