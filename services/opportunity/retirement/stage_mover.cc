#include "services/opportunity/retirement/stage_mover.h"

#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/log/log.h"
#include "services/opportunity/domain/opportunity_moves.h"

namespace crm::opportunity {
namespace {

using Change = aggregate::Change<Opportunity>;

// Of one step of a turn; three of them fit into a lease.
constexpr absl::Duration kMoverPatience = absl::Seconds(15);

base::Deadline Patience() { return base::Deadline::After(kMoverPatience); }

bool Hopeless(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

absl::Status LeaveStage(Opportunity& it, const Occasion& occasion) {
  if (it.rules.definition == nullptr) return error::DataDamaged(PipelineName(it.pipeline));
  return LeaveRetiredStage(it, *it.rules.definition, occasion);
}

}  // namespace

void StageMover::Start() {
  thread_ = std::make_unique<lifecycle::Repeating>(
      [this] {
        const absl::StatusOr<bool> found = Turn();
        if (!found.ok()) {
          log::Warning("opportunities of a removed stage could not be moved",
                       {{"error", found.status().ToString()}});
        }
        metrics_.ShowPendingIfDue();
        return found.ok() && *found ? absl::ZeroDuration() : options_.pause;
      },
      options_.pause);
}

absl::StatusOr<bool> StageMover::Turn() {
  CRM_ASSIGN_OR_RETURN(std::optional<Retirement> it,
                       retirements_.Claim(options_.lease, Patience()));
  if (!it) return false;
  CRM_ASSIGN_OR_RETURN(const RetiredBatch batch,
                       retirements_.Next(*it, options_.batch, options_.window, Patience()));
  if (batch.last) {
    CRM_RETURN_IF_ERROR(Conclude(*it));
    return true;
  }
  CRM_ASSIGN_OR_RETURN(const int failed, Move(*it, batch.ids));
  it->failed += failed;
  it->cursor = batch.cursor;
  CRM_RETURN_IF_ERROR(
      retirements_.Advance(*it, /*next_pass=*/false, absl::ZeroDuration(), Patience()));
  return true;
}

absl::StatusOr<int> StageMover::Move(const Retirement& retirement,
                                     const std::vector<base::Uuid>& ids) {
  std::vector<Change> changes(ids.size());
  std::vector<Change*> pointers;
  int moved = 0;
  for (size_t i = 0; i < ids.size(); ++i) {
    Occasion occasion;
    occasion.now = clock_.Now();
    occasion.event_id = ids_.New();
    occasion.actor = retirement.actor;
    changes[i].key = {retirement.tenant, ids[i]};
    changes[i].author = {retirement.actor, "UpdatePipeline"};
    changes[i].apply = [occasion = std::move(occasion)](Opportunity& it) {
      return LeaveStage(it, occasion);
    };
    changes[i].answer = [](const Opportunity& it) {
      return it.stage_changes.empty() ? std::string() : "moved";
    };
    pointers.push_back(&changes[i]);
  }
  opportunities_.Update(pointers, Patience());
  int failed = 0;
  for (const Change& change : changes) {
    const absl::Status status = change.outcome.status();
    if (Hopeless(status)) return status;
    if (!status.ok()) {
      ++failed;
      log::Warning("an opportunity of a removed stage was not moved",
                   {{"opportunity", OpportunityName(change.key.id)}, {"error", status.ToString()}});
    } else if (!change.outcome->bytes.empty()) {
      ++moved;
    }
  }
  metrics_.Moved(moved, failed);
  return failed;
}

// At the end of a pass: late ones are looked for until none can come any more.
absl::Status StageMover::Conclude(const Retirement& it) {
  if (it.failed > 0) {
    return retirements_.Advance(it, /*next_pass=*/true, options_.retry, Patience());
  }
  const absl::Duration left = it.retire_time + options_.grace - it.pass_time;
  if (left > absl::ZeroDuration()) {
    return retirements_.Advance(it, /*next_pass=*/true, left, Patience());
  }
  log::Info("a removed stage is empty",
            {{"pipeline", PipelineName(it.pipeline)}, {"stage", it.stage}});
  return retirements_.Finish(it, Patience());
}

}  // namespace crm::opportunity
