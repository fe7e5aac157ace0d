#include "clients/crmctl/lead/lead_inbox.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "clients/crmctl/lead/lead_report.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

using lead::v1::Lead;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr absl::Duration kAnswerWithin = absl::Hours(1);
constexpr absl::Duration kConvertWithin = absl::Hours(3 * 24);
constexpr absl::Duration kStaleSoon = absl::Hours(14 * 24);
constexpr absl::Duration kIdleAfter = absl::Hours(7 * 24);
constexpr int kHighScore = 70;

absl::Time LastTouched(const Lead& lead) {
  return rpc::TimeFrom(lead.has_last_activity_time() ? lead.last_activity_time()
                                                     : lead.open_time());
}

bool HasDueDate(const Lead& lead) { return lead.next_step().has_due_date(); }

int64_t DaysOverdue(const Lead& lead, absl::Time now) {
  return absl::ToCivilDay(now, absl::UTCTimeZone()) - rpc::DayFrom(lead.next_step().due_date());
}

bool Stale(const Lead& lead, absl::Time at) {
  return lead.standing().has_stale_time() && rpc::TimeFrom(lead.standing().stale_time()) <= at;
}

std::string Ago(absl::Time then, absl::Time now) { return DurationText(now - then); }

// A reason to work on a lead: when it holds, what it weighs and how it is said.
struct Reason {
  int weight;
  bool (*holds)(const Lead& lead, absl::Time now);
  std::string (*text)(const Lead& lead, absl::Time now);
};

// The weightiest first. Of two that exclude each other the first holds.
constexpr Reason kReasons[] = {
    {50,
     [](const Lead& lead, absl::Time now) {
       return HasDueDate(lead) && DaysOverdue(lead, now) > 0;
     },
     [](const Lead& lead, absl::Time now) {
       return absl::StrCat("overdue by ", DurationText(kDay * DaysOverdue(lead, now)), ": ",
                           lead.next_step().text());
     }},
    {45,
     [](const Lead& lead, absl::Time now) {
       return !lead.has_first_response_time() &&
              now - rpc::TimeFrom(lead.open_time()) >= kAnswerWithin;
     },
     [](const Lead& lead, absl::Time now) {
       return absl::StrCat("no answer for ", Ago(rpc::TimeFrom(lead.open_time()), now));
     }},
    {40,
     [](const Lead& lead, absl::Time now) {
       return HasDueDate(lead) && DaysOverdue(lead, now) == 0;
     },
     [](const Lead& lead, absl::Time) {
       return absl::StrCat("due today: ", lead.next_step().text());
     }},
    {35,
     [](const Lead& lead, absl::Time now) {
       return lead.state() == lead::v1::LEAD_STATE_QUALIFIED &&
              now - rpc::TimeFrom(lead.state_enter_time()) >= kConvertWithin;
     },
     [](const Lead& lead, absl::Time now) {
       return absl::StrCat("qualified for ", Ago(rpc::TimeFrom(lead.state_enter_time()), now),
                           ", not converted");
     }},
    {30,
     [](const Lead& lead, absl::Time now) {
       return lead.standing().score() >= kHighScore && now - LastTouched(lead) >= kIdleAfter;
     },
     [](const Lead& lead, absl::Time now) {
       return absl::StrCat("score ", lead.standing().score(), ", idle for ",
                           Ago(LastTouched(lead), now));
     }},
    {20, Stale, [](const Lead&, absl::Time) { return std::string("evidence is stale"); }},
    {10,
     [](const Lead& lead, absl::Time now) {
       return !Stale(lead, now) && Stale(lead, now + kStaleSoon);
     },
     [](const Lead& lead, absl::Time now) {
       return absl::StrCat("evidence goes stale in ",
                           DurationText(rpc::TimeFrom(lead.standing().stale_time()) - now));
     }},
    {5,
     [](const Lead& lead, absl::Time now) {
       return !lead.has_next_step() && now - LastTouched(lead) >= kIdleAfter;
     },
     [](const Lead&, absl::Time) { return std::string("nothing planned"); }},
};

}  // namespace

std::vector<InboxItem> InboxOf(absl::Span<const Lead> leads, absl::Time now, size_t limit) {
  std::vector<InboxItem> items;
  for (const Lead& lead : leads) {
    InboxItem item;
    for (const Reason& reason : kReasons) {
      if (!reason.holds(lead, now)) continue;
      item.urgency += reason.weight;
      item.reasons.push_back(reason.text(lead, now));
    }
    if (item.reasons.empty()) continue;
    item.lead = lead;
    items.push_back(std::move(item));
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const InboxItem& a, const InboxItem& b) { return a.urgency > b.urgency; });
  if (items.size() > limit) items.resize(limit);
  return items;
}

}  // namespace crm::crmctl
