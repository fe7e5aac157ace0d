#include "services/lead/store/story_stages.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace crm::lead {
namespace {

constexpr char kNextPart[] = "\x1f";

// Takes what stands before the next separator off `text`.
absl::string_view TakePart(absl::string_view& text) {
  const size_t end = std::min(text.find(kNextPart), text.size());
  const absl::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

// The uuid of "opportunities/{uuid}".
absl::string_view UuidIn(absl::string_view name) {
  (void)absl::ConsumePrefix(&name, absl::StrCat(kOpportunities, "/"));
  return name;
}

// State, when it took effect, how long after it was recorded (empty: then), the opportunity of a
// conversion, and the owner behind the number of its bytes, since an owner may be any text.
void Append(const StageChange& change, std::string& text) {
  const absl::Duration delay = change.record_time - change.effective_time;
  absl::StrAppend(&text, NameOf(kLeadStateNames, change.to), kNextPart,
                  absl::ToUnixMicros(change.effective_time), kNextPart);
  if (delay != absl::ZeroDuration()) absl::StrAppend(&text, absl::ToInt64Microseconds(delay));
  absl::StrAppend(
      &text, kNextPart,
      change.to == LeadState::kConverted ? UuidIn(change.opportunity) : absl::string_view(),
      kNextPart, change.owner.size(), kNextPart, change.owner);
}

// Takes one move off `text`.
bool TakeMove(absl::string_view& text, KeptMoves& kept) {
  const std::optional<LeadState> state = base::ValueOf(kLeadStateNames, TakePart(text));
  int64_t effective = 0;
  int64_t delay = 0;
  size_t size = 0;
  const bool timed = absl::SimpleAtoi(TakePart(text), &effective);
  const absl::string_view later = TakePart(text);
  const absl::string_view opportunity = TakePart(text);
  if (!state || !timed || (!later.empty() && !absl::SimpleAtoi(later, &delay)) ||
      !absl::SimpleAtoi(TakePart(text), &size) || size > text.size()) {
    return false;
  }
  LeadMove& move = kept.moves.emplace_back();
  move.version = static_cast<int64_t>(kept.moves.size());
  move.to = *state;
  move.effective_time = absl::FromUnixMicros(effective);
  move.record_time = absl::FromUnixMicros(effective + delay);
  move.owner = std::string(text.substr(0, size));
  text.remove_prefix(size);
  if (opportunity.empty()) return true;
  kept.opportunity = base::Uuid::Parse(opportunity);
  return kept.opportunity.has_value();
}

}  // namespace

std::string MovesText(const Lead& lead) {
  std::string text;
  for (const StageChange& change : lead.stage_changes) Append(change, text);
  return text;
}

std::optional<KeptMoves> MovesFromText(absl::string_view text) {
  KeptMoves kept;
  while (!text.empty()) {
    if (!TakeMove(text, kept)) return std::nullopt;
  }
  return kept;
}

}  // namespace crm::lead
