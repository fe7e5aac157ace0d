#include "services/lead/domain/capture.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/lead/domain/lead_assignment.h"

namespace crm::lead {
namespace {

// Namespace of the ids of captured leads.
constexpr base::Uuid kCaptures(0x6f1d2c0a5b7e5c11, 0x9a3e4b8d7c60f215);

bool IsFor(const Lead& lead, const std::string& interest) {
  if (lead.delete_time.has_value()) return false;
  return interest.empty() ||
         std::any_of(lead.interests.begin(), lead.interests.end(),
                     [&](const std::string& own) { return NormalInterest(own) == interest; });
}

const Lead* Newest(absl::Span<const Lead> leads, const auto& counts) {
  const Lead* newest = nullptr;
  for (const Lead& lead : leads) {
    if (!counts(lead)) continue;
    if (newest == nullptr ||
        std::tie(newest->create_time, newest->id) < std::tie(lead.create_time, lead.id)) {
      newest = &lead;
    }
  }
  return newest;
}

}  // namespace

std::string NormalInterest(absl::string_view interest) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(interest));
}

CapturePlace PlaceOf(const base::Uuid& contact, absl::string_view interest,
                     absl::Span<const Lead> leads) {
  const std::string wanted = NormalInterest(interest);
  const Lead* const live =
      Newest(leads, [&](const Lead& lead) { return IsLive(lead.state) && IsFor(lead, wanted); });
  if (live != nullptr) return {CaptureOutcome::kExisting, live->id};
  const Lead* const given_up = Newest(leads, [&](const Lead& lead) {
    return lead.state == LeadState::kDisqualified && IsFor(lead, wanted);
  });
  if (given_up != nullptr) return {CaptureOutcome::kReopened, given_up->id};
  for (int nth = 0;; ++nth) {
    const base::Uuid id =
        base::Uuid::V5(kCaptures, absl::StrCat(contact.ToString(), "/", nth, "/", wanted));
    const bool taken =
        std::any_of(leads.begin(), leads.end(), [&](const Lead& lead) { return lead.id == id; });
    if (!taken) return {CaptureOutcome::kCreated, id};
  }
}

bool StillThere(const Lead& lead, const CapturePlace& place) {
  if (lead.delete_time.has_value()) return false;
  return place.outcome == CaptureOutcome::kExisting ? IsLive(lead.state)
                                                    : lead.state == LeadState::kDisqualified;
}

void Receive(Lead& lead, const Activity& activity) {
  lead.activities.Count(activity);
  lead.new_activities.push_back(activity);
}

}  // namespace crm::lead
