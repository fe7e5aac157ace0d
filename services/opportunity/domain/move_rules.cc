#include "services/opportunity/domain/move_rules.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/error/refusals.h"

namespace crm::opportunity {
namespace {

// Where this trigger leads from here.
std::string AllowedStages(const Opportunity& opportunity, const Pipeline& pipeline, Trigger trigger,
                          const Stage& from) {
  std::vector<absl::string_view> allowed;
  for (const Stage& stage : pipeline.stages) {
    if (stage.key != opportunity.stage && LeadsBy(trigger, from, stage)) {
      allowed.push_back(stage.key);
    }
  }
  return absl::StrJoin(allowed, ",");
}

// The names of those that are met, or of those that are not.
std::vector<std::string> NamesOf(const std::vector<GateCheck>& checks, bool met) {
  std::vector<std::string> names;
  for (const GateCheck& check : checks) {
    if (check.met == met) names.push_back(GateName(check));
  }
  return names;
}

absl::Status GatesUnmet(const Opportunity& opportunity, const Stage& to,
                        const std::vector<GateCheck>& checks) {
  error::Error error(absl::StatusCode::kFailedPrecondition, error::kGatesUnmet,
                     absl::StrCat("Gates on the way to stage ", to.key, " are not met."));
  error.With("stage", to.key).With("gates", absl::StrJoin(NamesOf(checks, false), ","));
  const std::string name = NameOf(opportunity);
  for (const GateCheck& check : checks) {
    if (check.met) continue;
    error.Precondition("GATE", name, absl::StrCat(GateName(check), ": ", DemandOf(*check.gate)));
  }
  return error;
}

}  // namespace

bool LeadsBy(Trigger trigger, const Stage& from, const Stage& to) {
  return FindTransition(from.type, trigger, to.type) != nullptr &&
         (trigger != Trigger::kMove || Leads(from, to));
}

absl::Status IllegalMove(const Opportunity& opportunity, const Pipeline& pipeline, Trigger trigger,
                         const Stage& from, const Stage& to) {
  const absl::string_view method = base::NameOf(kTriggerMethods, trigger);
  error::Error error =
      error::StateInvalid(NameOf(opportunity), opportunity.stage,
                          absl::StrCat("The opportunity is in stage ", opportunity.stage, "; ",
                                       method, " does not lead from there to ", to.key, "."));
  error.With("requested", to.key)
      .With("allowedStates", AllowedStages(opportunity, pipeline, trigger, from));
  const std::optional<Trigger> other = TriggerFor(from.type, to.type);
  if (other && *other != trigger) error.With("useMethod", base::NameOf(kTriggerMethods, *other));
  return error;
}

absl::Status NotInPipeline(const Opportunity& opportunity, const Pipeline& pipeline) {
  return error::Internal(
      absl::StrCat("stage ", opportunity.stage, " was never in pipeline ", pipeline.slug));
}

absl::Status UnknownStage(const Pipeline& pipeline, absl::string_view key) {
  return error::ReferenceNotFound("stage",
                                  absl::StrCat(PipelineName(pipeline.slug), "/stages/", key));
}

std::string OpenStages(const Pipeline& pipeline) {
  std::vector<absl::string_view> keys;
  for (const Stage& stage : pipeline.stages) {
    if (stage.type == StageType::kOpen) keys.push_back(stage.key);
  }
  return absl::StrJoin(keys, ",");
}

absl::Status CheckTakes(const Pipeline& pipeline) {
  if (!pipeline.archive_time) return absl::OkStatus();
  return error::StateInvalid(PipelineName(pipeline.slug), "ARCHIVED",
                             "The pipeline is archived and takes no new opportunities.");
}

absl::Status PassGates(const Opportunity& next, const Stage& to,
                       const std::vector<GateCheck>& checks, Reasons reasons, StageChange& change) {
  change.met_gates = NamesOf(checks, true);
  change.overridden_gates = NamesOf(checks, false);
  if (change.overridden_gates.empty()) return absl::OkStatus();
  if (reasons.of_override.empty()) return GatesUnmet(next, to, checks);
  change.reason = std::string(reasons.of_override);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
