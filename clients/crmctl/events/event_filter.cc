#include "clients/crmctl/events/event_filter.h"

#include <absl/strings/str_split.h>

#include <vector>

namespace crm::crmctl {
namespace {

// "crm.contact.account.stage_changed.v1" → "account".
std::string ThingOf(const event::v1::StageChanged& change) {
  const std::vector<std::string> words = absl::StrSplit(change.type(), '.');
  return words.size() > 2 ? words[2] : "";
}

}  // namespace

bool EventFilter::Matches(const event::v1::StageChanged& change) const {
  return (things.empty() || things.contains(ThingOf(change))) &&
         (to_stages.empty() || to_stages.contains(change.to_stage())) &&
         (subject.empty() || subject == change.subject()) &&
         (tenant.empty() || tenant == change.tenant());
}

}  // namespace crm::crmctl
