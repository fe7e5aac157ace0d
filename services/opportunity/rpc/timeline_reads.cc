#include <algorithm>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/opportunity/rpc/opportunity_proto.h"
#include "services/opportunity/rpc/report_handlers.h"
#include "services/opportunity/rpc/stage_change_proto.h"

namespace crm::opportunity {
namespace {

using Revised = aggregate::ReadRevision<Opportunity>;

// Stage changes that one reading gives at most: of a history from before there were revisions.
constexpr int kMostChanges = 1000;

// What a write did to the stage: the versions behind `first` up to `last`.
struct Moves {
  int64_t first = 0;
  int64_t last = 0;
};

Moves MovesOf(const Revised& revised) {
  const bool moved = absl::c_any_of(
      revised.changes, [](const auto& change) { return change.field == "stage_version"; });
  if (!moved) return {};
  return {revised.before.stage_version, revised.after.stage_version};
}

// The stage changes of a page, by their versions.
class Changes {
 public:
  explicit Changes(std::vector<StageChange> changes) : changes_(std::move(changes)) {}

  const StageChange* Find(int64_t version) const {
    const auto found = absl::c_find_if(
        changes_, [version](const StageChange& it) { return it.version == version; });
    return found == changes_.end() ? nullptr : &*found;
  }

 private:
  const std::vector<StageChange> changes_;
};

absl::StatusOr<Changes> ChangesOf(const ReportPorts& ports, const aggregate::Key& key,
                                  absl::Span<const Revised> revisions, base::Deadline deadline) {
  Moves all;
  for (const Revised& revised : revisions) {
    const Moves moves = MovesOf(revised);
    if (moves.last == 0) continue;
    if (all.last == 0) all.first = moves.first;
    all.last = moves.last;
  }
  if (all.last <= all.first) return Changes({});
  CRM_ASSIGN_OR_RETURN(
      std::vector<StageChange> changes,
      ports.reads.StageChanges(key, all.first, static_cast<int>(all.last - all.first), deadline));
  return Changes(std::move(changes));
}

void AddChange(const StageChange& change, v1::TimelineEntry& entry) {
  rpc::SetTime(change.record_time, entry.mutable_record_time());
  rpc::SetTime(change.effective_time, entry.mutable_effective_time());
  ToProto(change, *entry.mutable_stage_change());
}

void AddWrite(const Revised& revised, const Changes& changes, v1::TimelineEntry& entry) {
  rpc::SetTime(revised.revision.record_time, entry.mutable_record_time());
  rpc::SetTime(revised.revision.record_time, entry.mutable_effective_time());
  serving::SetRevision<v1::Opportunity>(
      revised, [](const Opportunity& it, v1::Opportunity& message) { ToProto(it, message); },
      *entry.mutable_revision());
  const StageChange* const change = changes.Find(MovesOf(revised).last);
  if (change != nullptr) AddChange(*change, entry);
}

// What moved before there was field history.
absl::Status AddEarly(const ReportPorts& ports, const aggregate::Key& key, absl::Time until,
                      base::Deadline deadline, v1::GetTimelineResponse& response) {
  CRM_ASSIGN_OR_RETURN(const std::vector<StageChange> changes,
                       ports.reads.StageChanges(key, 0, kMostChanges, deadline));
  for (const StageChange& change : changes) {
    if (change.record_time < until) AddChange(change, *response.add_entries());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status GetTimeline(const ReportPorts& ports, const rpc::CallContext& context,
                         const v1::GetTimelineRequest& request, v1::GetTimelineResponse& response) {
  CRM_ASSIGN_OR_RETURN(const int64_t after,
                       serving::NumberAfter(context, request.name(), request.page_token()));
  const aggregate::Key key = serving::KeyOf(context, request.name(), kOpportunities);
  const size_t size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(
      const std::vector<Revised> found,
      ports.reads.Revisions(key, after, static_cast<int>(size) + 1, context.deadline));
  if (after == 0 && (found.empty() || found.front().revision.revision > 1)) {
    const absl::Time until =
        found.empty() ? absl::InfiniteFuture() : found.front().revision.record_time;
    CRM_RETURN_IF_ERROR(AddEarly(ports, key, until, context.deadline, response));
    // Whatever exists has moved at least once.
    if (found.empty() && response.entries().empty()) return error::NotFound(request.name());
  }
  CRM_ASSIGN_OR_RETURN(const Changes changes, ChangesOf(ports, key, found, context.deadline));
  const size_t shown =
      serving::FillPage(found, size, [&](const Revised& revised) -> const v1::TimelineEntry& {
        v1::TimelineEntry& entry = *response.add_entries();
        AddWrite(revised, changes, entry);
        return entry;
      });
  if (found.size() > shown) {
    response.set_next_page_token(
        serving::TokenAfter(context, request.name(), found[shown - 1].revision.revision));
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
