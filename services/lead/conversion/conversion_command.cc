#include "services/lead/conversion/conversion_command.h"

#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kMostShown = 1000;

absl::Status Usage() {
  return absl::InvalidArgumentError("usage: conversions list | retry ID|all | give-up ID");
}

absl::Status Print(ConversionStore& store, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const std::vector<StuckConversion> stuck,
                       store.ListStuck(kMostShown, deadline));
  for (const StuckConversion& item : stuck) {
    std::printf(
        "%s\t%s\t%s\t%s\t%lld\t%s\t%s\n", item.conversion.ToString().c_str(), item.tenant.c_str(),
        LeadName(item.lead).c_str(), OpportunityName(item.opportunity).c_str(),
        static_cast<long long>(item.attempt), item.error.c_str(),
        absl::FormatTime(absl::RFC3339_sec, item.attempt_time, absl::UTCTimeZone()).c_str());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunConversions(ConversionStore& store, const base::Clock& clock,
                            const std::vector<std::string>& arguments) {
  const base::Deadline deadline = base::Deadline::After(kPatience);
  if (arguments.size() == 1 && arguments[0] == "list") return Print(store, deadline);
  if (arguments.size() != 2) return Usage();
  const bool give_up = arguments[0] == "give-up";
  if (!give_up && arguments[0] != "retry") return Usage();
  std::vector<base::Uuid> conversions;
  if (give_up || arguments[1] != "all") {
    const std::optional<base::Uuid> id = base::Uuid::Parse(arguments[1]);
    if (!id.has_value()) return Usage();
    conversions.push_back(*id);
  }
  CRM_ASSIGN_OR_RETURN(const int resumed,
                       store.Resume(conversions, give_up, clock.Now(), deadline));
  if (resumed == 0 && !conversions.empty()) {
    return absl::NotFoundError("no conversion with this id needs attention");
  }
  std::printf("%d %s\n", resumed, give_up ? "will be given up" : "will be tried again");
  return absl::OkStatus();
}

}  // namespace crm::lead
