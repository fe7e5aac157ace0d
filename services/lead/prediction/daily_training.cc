#include "services/lead/prediction/daily_training.h"

#include <optional>
#include <string>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"

namespace crm::lead {
namespace {

// Of one look into the database.
base::Deadline ShortPatience() { return base::Deadline::After(absl::Seconds(15)); }

}  // namespace

void DailyTraining::Start() {
  thread_ = std::make_unique<lifecycle::Repeating>(
      [this] {
        const absl::StatusOr<bool> more = Turn();
        if (!more.ok()) {
          log::Warning("the daily training did not go on", {{"error", more.status().ToString()}});
        }
        return more.ok() && *more ? absl::ZeroDuration() : options_.pause;
      },
      options_.pause);
}

absl::StatusOr<bool> DailyTraining::Turn() {
  CRM_ASSIGN_OR_RETURN(const std::optional<std::string> after,
                       models_.ClaimTraining(options_.lease, ShortPatience()));
  if (!after.has_value()) return false;
  CRM_ASSIGN_OR_RETURN(const std::optional<std::string> tenant,
                       models_.NextTenant(*after, ShortPatience()));
  if (!tenant.has_value()) {
    CRM_RETURN_IF_ERROR(models_.AdvanceTraining(*after, "", options_.interval, ShortPatience()));
    return false;
  }
  Train(*tenant);
  CRM_RETURN_IF_ERROR(
      models_.AdvanceTraining(*after, *tenant, absl::ZeroDuration(), ShortPatience()));
  return true;
}

void DailyTraining::Train(const std::string& tenant) {
  const auto trained = predictions_.Train(
      {tenant, "crm-lead", std::nullopt, [](const ModelRevision&) { return std::string(); }},
      base::Deadline::After(options_.patience));
  // Too few leads are nothing to speak of.
  if (trained.ok() || absl::IsFailedPrecondition(trained.status())) return;
  log::Warning("a tenant's prediction model was not learned",
               {{"tenant", tenant}, {"error", trained.status().ToString()}});
}

}  // namespace crm::lead
