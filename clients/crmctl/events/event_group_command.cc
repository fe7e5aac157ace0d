#include "clients/crmctl/events/event_group_command.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/events/event_log_reader.h"
#include "clients/crmctl/print.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"

namespace crm::crmctl {
namespace {

struct EventGroupOptions {
  std::vector<std::string> services = {"contact", "lead", "opportunity"};
};

// One group on one stream. What it has not acknowledged it was given, but may not have done.
struct GroupRow {
  std::string stream;
  std::string group;
  int64_t members = 0;
  int64_t position = 0;  // sequence of the last event that was given to a member
  int64_t last = 0;      // of the log
  int64_t unacknowledged = 0;
  absl::Duration age;  // of the oldest event that is not done; zero if all are
};

redis::StreamId EntryIdOf(const redis::Reply& reply) {
  return redis::StreamId::Parse(reply.view()).value_or(redis::StreamId());
}

// When the oldest event was published that is not done.
absl::StatusOr<absl::Duration> AgeOf(redis::Connection& redis, const GroupRow& row,
                                     redis::StreamId given) {
  redis::StreamId oldest;
  if (row.unacknowledged > 0) {
    CRM_ASSIGN_OR_RETURN(const redis::Reply pending,
                         redis.Run({"XPENDING", row.stream, row.group}));
    if (pending.size() == 4) oldest = EntryIdOf(pending[1]);
  } else if (row.position < row.last) {
    CRM_ASSIGN_OR_RETURN(const auto next,
                         redis::ReadStream(redis, row.stream, given, 1, absl::ZeroDuration()));
    if (!next.empty()) oldest = next.front().id;
  }
  if (oldest.ms == 0) return absl::ZeroDuration();
  return std::max(absl::Now() - absl::FromUnixMillis(oldest.ms), absl::ZeroDuration());
}

absl::Status AddGroups(const redis::ConnectionOptions& options, const std::string& stream,
                       int64_t last, std::vector<GroupRow>& rows) {
  CRM_ASSIGN_OR_RETURN(const auto redis, redis::Connection::Open(redis::ForKey(options, stream)));
  const absl::StatusOr<redis::Reply> groups = redis->Run({"XINFO", "GROUPS", stream});
  if (!groups.ok() && absl::EndsWith(groups.status().message(), "no such key")) {
    return absl::OkStatus();
  }
  CRM_RETURN_IF_ERROR(groups.status());
  for (size_t i = 0; i < groups->size(); ++i) {
    const redis::Reply group = (*groups)[i];
    const redis::StreamId given = EntryIdOf(group.Field("last-delivered-id"));
    GroupRow row{.stream = stream,
                 .group = group.Field("name").text(),
                 .members = group.Field("consumers").integer(),
                 .position = given.seq,
                 .last = last,
                 .unacknowledged = group.Field("pending").integer(),
                 .age = {}};
    CRM_ASSIGN_OR_RETURN(row.age, AgeOf(*redis, row, given));
    rows.push_back(std::move(row));
  }
  return absl::OkStatus();
}

void PrintGroups(const std::vector<GroupRow>& rows, bool as_json) {
  if (as_json) {
    nlohmann::json all = nlohmann::json::array();
    for (const GroupRow& row : rows) {
      all.push_back({{"stream", row.stream},
                     {"group", row.group},
                     {"members", row.members},
                     {"position", row.position},
                     {"last", row.last},
                     {"behind", row.last - row.position},
                     {"unacknowledged", row.unacknowledged},
                     {"age_seconds", absl::ToDoubleSeconds(row.age)}});
    }
    std::printf("%s\n", all.dump(2).c_str());
    return;
  }
  std::vector<std::vector<std::string>> texts;
  for (const GroupRow& row : rows) {
    texts.push_back({row.stream, row.group, absl::StrCat(row.members), absl::StrCat(row.position),
                     absl::StrCat(row.last), absl::StrCat(row.last - row.position),
                     absl::StrCat(row.unacknowledged),
                     absl::FormatDuration(absl::Floor(row.age, absl::Seconds(1)))});
  }
  PrintTable({"stream", "group", "members", "position", "last", "behind", "unacknowledged", "for"},
             texts);
}

absl::Status ListGroups(const Session& session, const EventGroupOptions& o) {
  if (session.settings.redis_url.empty()) {
    return Usage(
        error::FieldInvalid("--redis-url", "is required, or CRM_REDIS_URL, or a stack file"));
  }
  const redis::ConnectionOptions redis{.url = session.settings.redis_url, .client_name = "crmctl"};
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  std::vector<GroupRow> rows;
  for (const std::string& service : o.services) {
    int partitions = 1;
    for (int partition = 0; partition < partitions; ++partition) {
      event::v1::ListStageEventsRequest request;
      request.set_partition(partition);
      request.set_page_size(1);
      CRM_ASSIGN_OR_RETURN(const EventPage page, client.CallOn(ServiceNamed(service), request));
      partitions = std::max(page.partitions(), 1);
      const std::string stream = absl::StrCat("crm:stage-events:", service, ":", partition);
      CRM_RETURN_IF_ERROR(AddGroups(redis, stream, page.last_sequence(), rows));
    }
  }
  PrintGroups(rows, session.settings.json());
  return absl::OkStatus();
}

}  // namespace

void AddEventGroups(CLI::App* group, Session* session) {
  auto o = std::make_shared<EventGroupOptions>();
  CLI::App* command =
      AddCommand(group, "groups", "consumer groups on Redis: where each is, and how far behind",
                 session, [session, o] { return ListGroups(*session, *o); });
  command->add_option("--service", o->services, "only of these; may be repeated")
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
}

}  // namespace crm::crmctl
