#include "services/lead/conversion/lead_conversions.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/failpoint/failpoint.h"
#include "common/log/log.h"
#include "services/lead/domain/lead_conversion.h"

namespace crm::lead {
namespace {

// The methods of revisions: what a call did, and what was done without one.
constexpr char kMethod[] = "ConvertLead";
constexpr char kCompleter[] = "conversion";

// Tells the log if not. The conversion is due again when its lease ends, and may be repaired by
// then.
bool IsReadable(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return true;
  log::Error("a due conversion or its lead cannot be read",
             {{"error", error::PrivateTextOf(status)}});
  return false;
}

template <class Item>
std::vector<Item*> Pointers(std::vector<Item>& items) {
  std::vector<Item*> pointers;
  pointers.reserve(items.size());
  for (Item& item : items) pointers.push_back(&item);
  return pointers;
}

// Runs `rule` and tells whether it moved the lead.
template <class Rule>
absl::Status Watch(Lead& lead, bool& moved, const Rule& rule) {
  const LeadState before = lead.state;
  const absl::Status status = rule();
  moved = status.ok() && lead.state != before;
  return status;
}

}  // namespace

void LeadConversions::Convert(absl::Span<ConversionCall* const> calls) {
  const base::SteadyTime start = base::SteadyNow();
  base::Deadline deadline = start + kMostPatience;
  for (const ConversionCall* call : calls) deadline = std::min(deadline, call->deadline);
  std::vector<Run> runs = Begin(AnswerKnown(ports_.store, calls, deadline), deadline);
  Complete(runs, start, std::max(deadline, base::Deadline(start + kLeastTime)));
  for (Run& run : runs) {
    for (ConversionCall* caller : run.callers) caller->outcome = run.outcome;
  }
}

absl::StatusOr<int> LeadConversions::CompleteDue(int limit) {
  const absl::Time now = ports_.clock.Now();
  const base::SteadyTime start = base::SteadyNow();
  const base::Deadline deadline = start + kMostPatience;
  CRM_ASSIGN_OR_RETURN(const std::vector<absl::StatusOr<DueConversion>> taken,
                       ports_.store.TakeDue(now, now + kConversionLease, limit, deadline));
  std::vector<DueConversion> due;
  std::vector<aggregate::Key> keys;
  for (const absl::StatusOr<DueConversion>& item : taken) {
    if (!IsReadable(item.status())) continue;
    due.push_back(*item);
    keys.push_back({item->tenant, item->lead});
  }
  if (due.empty()) return static_cast<int>(taken.size());
  std::vector<absl::StatusOr<Lead>> leads = ports_.leads.Get(keys, deadline);
  std::vector<Run> runs;
  for (size_t i = 0; i < due.size(); ++i) {
    const absl::Status& read = leads[i].status();
    if (!IsReadable(read)) continue;
    if (!read.ok() && !absl::IsNotFound(read)) return read;
    if (!read.ok() || !leads[i]->conversion || leads[i]->conversion->id != due[i].conversion) {
      continue;  // its row and its lead are written together, so this is not to be expected
    }
    runs.emplace_back();
    runs.back().lead = *std::move(leads[i]);
    runs.back().attempt = due[i].attempt;
    runs.back().given_up = due[i].given_up;
    runs.back().refused_since = due[i].refused_since;
  }
  Complete(runs, start, deadline);
  return static_cast<int>(taken.size());
}

// The first transaction. Returns one run per conversion that has begun, now or before.
std::vector<LeadConversions::Run> LeadConversions::Begin(const std::vector<AskedConversion>& calls,
                                                         base::Deadline deadline) {
  std::vector<Lead> begun(calls.size());
  std::deque<bool> started(calls.size());
  std::vector<aggregate::Change<Lead>> changes(calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    const ConversionCall& call = *calls[i].call;
    changes[i].key = call.lead;
    changes[i].author = {call.occasion.actor, kMethod};
    changes[i].apply = [&call, &moved = started[i], conversion = ConversionOf(call)](Lead& lead) {
      return Watch(lead, moved,
                   [&] { return StartConversion(lead, conversion, call.etag, call.occasion); });
    };
    changes[i].answer = [lead = &begun[i]](const Lead& left) {
      *lead = left;
      return std::string();
    };
  }
  CRM_FAILPOINT("conversion.begin");
  if (!changes.empty()) ports_.leads.Update(Pointers(changes), deadline);
  CRM_FAILPOINT("conversion.begun");
  std::vector<Run> runs;
  absl::flat_hash_map<aggregate::Key, size_t> run_of;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (!changes[i].outcome.ok()) {
      calls[i].call->outcome = changes[i].outcome.status();
      continue;
    }
    if (started[i]) ports_.entered(ConversionState::kStarted);
    const auto [at, fresh] =
        run_of.try_emplace(aggregate::Key{begun[i].tenant, begun[i].conversion->id}, runs.size());
    if (fresh) {
      runs.emplace_back();
      runs.back().lead = std::move(begun[i]);
      runs.back().refused_since = calls[i].refused_since;
    }
    runs[at->second].first |= started[i];
    runs[at->second].callers.push_back(calls[i].call);
  }
  return runs;
}

void LeadConversions::Complete(std::vector<Run>& runs, base::SteadyTime start,
                               base::Deadline deadline) {
  OrderOpportunities(runs, deadline);
  const base::Deadline least = std::max(deadline, base::Deadline::After(kLeastTime));
  Settle(runs, std::min(least, base::Deadline(start + kLongestAttempt)));
}

void LeadConversions::OrderOpportunities(std::vector<Run>& runs, base::Deadline deadline) {
  std::vector<OpportunityAttempt> attempts;
  std::vector<Run*> attempting;
  for (Run& run : runs) {
    if (run.lead.state != LeadState::kConverting) {
      run.reply.opening = Opening::kOpened;
      continue;
    }
    attempts.push_back({&run.lead, run.given_up ? kGivenUp : "", {}});
    attempting.push_back(&run);
  }
  CRM_FAILPOINT("conversion.order");
  AttemptAll(ports_.opener, ports_.employers, absl::MakeSpan(attempts), deadline);
  CRM_FAILPOINT("conversion.ordered");
  for (size_t i = 0; i < attempts.size(); ++i) attempting[i]->reply = std::move(attempts[i].reply);
}

// Whether the conversion can end now. A refusal decides only if no other attempt is under way.
bool LeadConversions::IsDecided(const Run& run) const {
  if (run.reply.opening == Opening::kOpened) return true;
  if (run.reply.opening != Opening::kRefused) return false;
  if (run.first || run.given_up) return true;
  return run.refused_since && ports_.clock.Now() - *run.refused_since >= kRefusalWait;
}

// The second transaction, for all runs whose order was decided; the others are put off.
void LeadConversions::Settle(std::vector<Run>& runs, base::Deadline deadline) {
  std::vector<Run*> decided;
  std::vector<Run*> undecided;
  for (Run& run : runs) (IsDecided(run) ? decided : undecided).push_back(&run);
  Postpone(undecided, deadline);
  SettleOnce(decided, /*record_answers=*/true, deadline);
  CRM_FAILPOINT("conversion.settled");
  // The opportunity exists: the lead is CONVERTED even if another method has used the request id in
  // the meantime.
  std::vector<Run*> unrecorded;
  for (Run* run : decided) {
    if (error::ReasonOf(run->outcome.status()) == error::kRequestIdReused) {
      unrecorded.push_back(run);
    }
  }
  SettleOnce(unrecorded, /*record_answers=*/false, deadline);
}

void LeadConversions::SettleOnce(absl::Span<Run* const> runs, bool record_answers,
                                 base::Deadline deadline) {
  if (runs.empty()) return;
  std::vector<aggregate::Change<Lead>> changes;
  changes.reserve(runs.size());
  for (Run* run : runs) changes.push_back(SettlingChange(*run, record_answers));
  CRM_FAILPOINT("conversion.settle");
  ports_.leads.Update(Pointers(changes), deadline);
  for (size_t i = 0; i < runs.size(); ++i) {
    const bool refused = runs[i]->reply.opening == Opening::kRefused;
    if (changes[i].outcome.ok() && runs[i]->settled) {
      ports_.entered(refused ? ConversionState::kCompensated : ConversionState::kCompleted);
    }
    if (!changes[i].outcome.ok()) {
      runs[i]->outcome = changes[i].outcome.status();
    } else if (refused) {
      runs[i]->outcome = ConversionRefused(runs[i]->reply.reason);
    } else {
      runs[i]->outcome = std::move(changes[i].outcome->bytes);
    }
  }
}

aggregate::Change<Lead> LeadConversions::SettlingChange(Run& run, bool record_answer) {
  const Conversion& conversion = *run.lead.conversion;
  Occasion occasion;
  occasion.now = ports_.clock.Now();
  occasion.event_id = ports_.ids.New();
  occasion.actor = conversion.actor;
  occasion.request_id = conversion.request_id.ToString();
  occasion.traceparent = conversion.traceparent;
  aggregate::Change<Lead> change;
  change.key = {run.lead.tenant, run.lead.id};
  change.author = {conversion.actor, run.callers.empty() ? kCompleter : kMethod};
  if (run.reply.opening == Opening::kRefused) {
    change.apply = [&moved = run.settled, id = conversion.id, cause = run.reply.reason,
                    occasion](Lead& lead) {
      return Watch(lead, moved, [&] { return AbandonConversion(lead, id, cause, occasion); });
    };
    change.answer = [](const Lead&) { return std::string(); };
    return change;
  }
  if (record_answer) {
    change.request = idempotency::Request{conversion.request_id, conversion.request_hash};
  }
  change.apply = [&moved = run.settled, id = conversion.id, occasion](Lead& lead) {
    return Watch(lead, moved, [&] { return FinishConversion(lead, id, occasion); });
  };
  change.answer = ports_.answer;
  return change;
}

void LeadConversions::Postpone(absl::Span<Run* const> runs, base::Deadline deadline) {
  std::vector<Postponement> postponements;
  const absl::Time now = ports_.clock.Now();
  for (Run* run : runs) {
    run->outcome = ConversionNotAnswered(run->reply.reason);
    const bool refused = run->reply.opening == Opening::kRefused;
    postponements.push_back({run->lead.tenant, run->lead.conversion->id, now,
                             now + (refused ? kRefusalWait : BackOff(run->attempt)),
                             run->reply.opening, run->reply.reason});
  }
  // If this fails the conversion is due again when its lease ends.
  const absl::StatusOr<int> stuck = ports_.store.Postpone(postponements, deadline);
  for (int i = 0; i < stuck.value_or(0); ++i) ports_.entered(ConversionState::kNeedsAttention);
  if (stuck.value_or(0) > 0) {
    log::Error("conversions need attention", {{"count", absl::StrCat(*stuck)}});
  }
}

absl::Duration LeadConversions::BackOff(int64_t attempt) const {
  const int64_t doublings = std::min<int64_t>(attempt, 10);
  const absl::Duration full = std::min(kFirstBackOff * (int64_t{1} << doublings), kMostBackOff);
  return full * (0.5 + 0.5 * base::UnitInterval(ports_.random()));
}

}  // namespace crm::lead
