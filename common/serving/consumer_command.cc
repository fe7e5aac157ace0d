#include "common/serving/consumer_command.h"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/event/consumer_inbox.h"
#include "common/event/consumer_state.h"
#include "common/event/rebuild.h"
#include "common/pg/connection.h"
#include "common/serving/grpc_stage_event_source.h"
#include "common/stage/stage_effect.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

using event::ConsumerInbox;

constexpr absl::Duration kForOneRead = absl::Seconds(30);
constexpr char kAsker[] = "operator";

// What the neighbour says of one partition to a consumer that is at a position.
struct Rest {
  int64_t last = 0;                           // sequence of the log
  int64_t behind = 0;                         // events
  int64_t gone = 0;                           // of these, from the log
  std::optional<redis::StreamId> first = {};  // of those that are there
};

absl::StatusOr<Rest> RestOf(GrpcStageEventSource& source, int64_t position) {
  CRM_ASSIGN_OR_RETURN(const event::SourcePage page, source.After(position, 1));
  Rest rest{.last = page.last, .behind = page.last - position};
  if (page.events.empty()) return rest;
  rest.gone = page.events.front().sequence - position - 1;
  rest.first = page.events.front().entry;
  return rest;
}

std::string StreamOf(const SubscriptionPlan& plan, int partition) {
  return stage::StreamKey(plan.neighbour, partition);
}

absl::Status PrintPartition(const Process& process, const SubscriptionPlan& plan,
                            GrpcStageEventSource& source, int partition) {
  const std::string stream = StreamOf(plan, partition);
  CRM_ASSIGN_OR_RETURN(const auto known,
                       event::ReadConsumerState(process.pool, plan.consumer, stream,
                                                base::Deadline::After(kForOneRead)));
  const event::ConsumerState state = known.value_or(event::ConsumerState());
  const absl::StatusOr<Rest> rest = RestOf(source, state.sequence);
  std::string told = "-\t-\t-\t-";
  if (rest.ok()) {
    const absl::Duration age = rest->first
                                   ? process.clock.Now() - absl::FromUnixMillis(rest->first->ms)
                                   : absl::ZeroDuration();
    told = absl::StrCat(rest->last, "\t", rest->behind, "\t",
                        absl::FormatDuration(absl::Floor(age, absl::Seconds(1))), "\t", rest->gone);
  }
  std::printf("%s\t%s\t%lld\t%s\t%lld\n", plan.consumer.c_str(), stream.c_str(),
              static_cast<long long>(state.sequence), told.c_str(),
              static_cast<long long>(state.dead_letters));
  return rest.status();
}

absl::Status PrintAll(const Process& process, const std::vector<Followed>& all) {
  std::printf("consumer\tstream\tposition\tlast\tbehind\tfor\tgone\tdead letters\n");
  absl::Status told;
  for (const auto& [plan, channel] : all) {
    const absl::StatusOr<int> partitions = GrpcStageEventSource(channel, kAsker).CountPartitions();
    told.Update(partitions.status());
    for (int partition = 0; partition < partitions.value_or(1); ++partition) {
      GrpcStageEventSource source(channel, kAsker, partition);
      told.Update(PrintPartition(process, plan, source, partition));
    }
  }
  return told;
}

// A consumer's place in one partition.
struct Place {
  std::unique_ptr<ConsumerInbox> inbox;
  ConsumerInbox::Position position;
  ConsumerInbox::Position behind;  // what is gone; the same if nothing is
};

// The last of the events that are gone is read before the history, so that each is in it.
absl::StatusOr<Place> PlaceIn(pg::Connection& database, const Followed& followed, int partition) {
  GrpcStageEventSource source(followed.channel, kAsker, partition);
  Place place;
  place.inbox = std::make_unique<ConsumerInbox>(&database, followed.plan.consumer,
                                                StreamOf(followed.plan, partition));
  CRM_ASSIGN_OR_RETURN(place.position, place.inbox->Load());
  CRM_ASSIGN_OR_RETURN(const Rest rest, RestOf(source, place.position.sequence));
  place.behind = place.position;
  if (rest.gone > 0) {
    place.behind = {place.position.sequence + rest.gone, {rest.first->ms, rest.first->seq - 1}};
  }
  return place;
}

absl::Status Rebuild(const Process& process, const Followed& followed) {
  GrpcStageEventSource source(followed.channel, kAsker);
  CRM_ASSIGN_OR_RETURN(const int partitions, source.CountPartitions());
  CRM_ASSIGN_OR_RETURN(const auto database, pg::Connection::Open(process.database));
  std::vector<Place> places;
  for (int partition = 0; partition < partitions; ++partition) {
    CRM_ASSIGN_OR_RETURN(places.emplace_back(), PlaceIn(*database, followed, partition));
  }
  const event::Effect effect = stage::EffectOf(followed.plan.effect);
  event::RebuildOrder order{.history = source, .effect = effect};
  order.follows = true;
  const base::SteadyTime begin = base::SteadyNow();
  event::Rebuilt all;
  for (Place& place : places) {
    order.position = place.position;
    order.last_gone = place.behind.sequence;
    if (&place == &places.front()) {
      CRM_ASSIGN_OR_RETURN(all, event::RebuildFromHistory(*place.inbox, order, place.behind));
    } else {
      CRM_RETURN_IF_ERROR(event::MoveBehind(*place.inbox, order, place.behind));
    }
    const int64_t gone = place.behind.sequence - place.position.sequence;
    if (gone > 0) std::printf("past %lld events that are gone\n", static_cast<long long>(gone));
  }
  if (process.on_commit) process.on_commit();
  const double seconds = absl::ToDoubleSeconds(base::SteadyNow() - begin);
  std::printf("%lld moves in %.1f s, %lld became dead letters\n", static_cast<long long>(all.moves),
              seconds, static_cast<long long>(all.dead_letters));
  return absl::OkStatus();
}

absl::Status RebuildOf(const Process& process, const std::vector<Followed>& all,
                       const std::string& neighbour) {
  std::string others;
  for (const Followed& followed : all) {
    if (!followed.plan.rebuilds) continue;
    if (followed.plan.neighbour == neighbour) return Rebuild(process, followed);
    absl::StrAppend(&others, others.empty() ? "" : ", ", followed.plan.neighbour);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("what is made of the events of \"", neighbour,
                   "\" cannot be rebuilt; of these it can: ", others.empty() ? "none" : others));
}

}  // namespace

Command ConsumerCommand(
    std::function<absl::StatusOr<std::vector<Followed>>(const Process&)> followed) {
  return {"consumers",
          "how far each consumer is; \"rebuild NEIGHBOUR\": by all moves of its history",
          [followed = std::move(followed)](const Process& process,
                                           const std::vector<std::string>& words) {
            const bool rebuilds = words.size() == 2 && words[0] == "rebuild";
            if (!words.empty() && !rebuilds) {
              return absl::InvalidArgumentError("usage: consumers [rebuild NEIGHBOUR]");
            }
            CRM_ASSIGN_OR_RETURN(const std::vector<Followed> all, followed(process));
            return rebuilds ? RebuildOf(process, all, words[1]) : PrintAll(process, all);
          }};
}

}  // namespace crm::serving
