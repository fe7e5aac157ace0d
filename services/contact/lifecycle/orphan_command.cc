#include "services/contact/lifecycle/orphan_command.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/stage/reconcile.h"
#include "common/stage/stage_effect.h"

namespace crm::contact {
namespace {

constexpr int64_t kPage = 1000;

using crm::event::v1::StageEvent;
using event::ConsumerInbox;

absl::StatusOr<StageEvent> Parse(const event::Event& event) {
  StageEvent stage;
  if (!stage.ParseFromString(event.payload)) {
    return error::DataDamaged(absl::StrCat("stage event ", event.sequence));
  }
  return stage;
}

absl::StatusOr<std::vector<stage::OrphanRange>> FindRanges(event::EventSource& source) {
  std::vector<stage::OrphanRange> ranges;
  for (int64_t position = 0;;) {
    CRM_ASSIGN_OR_RETURN(const auto page, source.After(position, static_cast<int>(kPage)));
    if (page.events.empty()) return ranges;
    for (const event::Event& event : page.events) {
      CRM_ASSIGN_OR_RETURN(const StageEvent stage, Parse(event));
      if (const auto range = stage::OrphansNamedBy(stage.change())) ranges.push_back(*range);
    }
    position = page.events.back().sequence;
  }
}

// Some events behind `after`, none behind `upto`.
absl::StatusOr<std::vector<event::Event>> ReadPage(event::EventSource& source, int64_t after,
                                                   int64_t upto) {
  CRM_ASSIGN_OR_RETURN(event::SourcePage page,
                       source.After(after, static_cast<int>(std::min(kPage, upto - after))));
  std::vector<event::Event>& events = page.events;
  while (!events.empty() && events.back().sequence > upto) events.pop_back();
  return std::move(events);
}

struct Section {
  std::vector<StageEvent> events;
  ConsumerInbox::Position end;  // of the last one
};

absl::StatusOr<Section> ReadSection(event::EventSource& source, int64_t after, int64_t upto) {
  Section section;
  while (after < upto) {
    CRM_ASSIGN_OR_RETURN(const auto page, ReadPage(source, after, upto));
    if (page.empty()) break;
    for (const event::Event& event : page) {
      CRM_ASSIGN_OR_RETURN(StageEvent stage, Parse(event));
      section.events.push_back(std::move(stage));
    }
    section.end = {page.back().sequence, page.back().entry};
    after = section.end.sequence;
  }
  return section;
}

absl::Status ForgetRange(ConsumerInbox& inbox, event::EventSource& source,
                         const LifecycleEffect& effect, const stage::OrphanRange& range) {
  CRM_ASSIGN_OR_RETURN(ConsumerInbox::Position position, inbox.Load());
  while (position.sequence < range.first - 1) {
    CRM_ASSIGN_OR_RETURN(const auto page, ReadPage(source, position.sequence, range.first - 1));
    if (page.empty()) break;  // these have left the log
    CRM_RETURN_IF_ERROR(inbox.Apply(page, stage::EffectOf(effect), position.sequence));
    position = {page.back().sequence, page.back().entry};
  }
  CRM_ASSIGN_OR_RETURN(const Section orphans, ReadSection(source, range.first - 1, range.last));
  CRM_ASSIGN_OR_RETURN(const Section later, ReadSection(source, range.last, position.sequence));
  return inbox.Rewrite(position.sequence, orphans.end, [&](pg::Transaction& transaction) {
    return effect.Forget(transaction, orphans.events, later.events);
  });
}

}  // namespace

absl::Status ForgetOrphans(ConsumerInbox& inbox, event::EventSource& source,
                           const LifecycleEffect& effect, const std::string& stream) {
  CRM_ASSIGN_OR_RETURN(const auto ranges, FindRanges(source));
  for (const stage::OrphanRange& range : ranges) {
    CRM_RETURN_IF_ERROR(ForgetRange(inbox, source, effect, range));
    std::printf("past events %lld to %lld of %s\n", static_cast<long long>(range.first),
                static_cast<long long>(range.last), stream.c_str());
  }
  return absl::OkStatus();
}

}  // namespace crm::contact
