#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <utility>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/events/event_copy_commands.h"
#include "clients/crmctl/events/event_export_command.h"
#include "clients/crmctl/events/event_filter.h"
#include "clients/crmctl/events/event_group_command.h"
#include "clients/crmctl/events/event_log_reader.h"
#include "clients/crmctl/events/event_options.h"
#include "clients/crmctl/events/event_text.h"
#include "clients/crmctl/events/event_watch_command.h"
#include "common/lifecycle/shutdown_signal.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"

namespace crm::crmctl {
namespace {

// A log may have more than what is shown.
void TellOfOthers(const EventOptions& o, const EventPage& page) {
  if (page.partitions() < 2) return;
  std::fprintf(stderr, "partition %d of the %d of the log of %s (--partition)\n", o.partition,
               page.partitions(), o.service.c_str());
}

absl::Status List(const Session& session, const EventOptions& o) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const int64_t after, BeginOf(client, o));
  const EventFilter filter = FilterOf(o);
  int64_t left = o.all ? INT64_MAX : o.limit;
  bool told = false;
  return ReadEvents(client, LogOf(o), after, [&](const EventPage& page) {
    if (!std::exchange(told, true)) TellOfOthers(o, page);
    for (const event::v1::StageEvent& event : page.events()) {
      if (left == 0) return false;
      if (!filter.Matches(event.change())) continue;
      const std::string line =
          session.settings.json()
              ? JsonOf(event, false)
              : Readable(o.service, absl::StrCat(event.sequence()), event.change()) + "\n";
      std::fputs(line.c_str(), stdout);
      --left;
    }
    return left > 0;
  });
}

struct Stream {
  std::string name;
  std::string key;
  redis::StreamId position;
};

// A newer service may say more than this program knows.
google::protobuf::util::JsonParseOptions Lenient() {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return options;
}

// Whether the entry was one of those that are wanted.
absl::StatusOr<bool> PrintEntry(const Stream& stream, const redis::StreamEntry& entry,
                                const EventFilter& filter, bool json) {
  const std::string data = entry.fields.Field("data").text();
  event::v1::StageChanged change;
  if (!google::protobuf::util::JsonStringToMessage(data, &change, Lenient()).ok()) {
    return absl::DataLossError(absl::StrCat(entry.id.ToString(), " is no stage event"));
  }
  if (!filter.Matches(change)) return false;
  const std::string line =
      json ? data : Readable(stream.name, entry.fields.Field("seq").view(), change);
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
  return true;
}

// Waits up to half a second for entries of any stream, and prints at most `left` of them.
absl::StatusOr<int> ReadOnce(redis::Connection& connection, std::vector<Stream>* streams,
                             const EventFilter& filter, bool json, int left) {
  std::vector<std::string> words = {"XREAD", "COUNT", "500", "BLOCK", "500", "STREAMS"};
  for (const Stream& stream : *streams) words.push_back(stream.key);
  for (const Stream& stream : *streams) words.push_back(stream.position.ToString());
  const std::vector<absl::string_view> views(words.begin(), words.end());
  CRM_ASSIGN_OR_RETURN(const redis::Reply reply, connection.Run(views));
  int count = 0;
  for (size_t i = 0; i < reply.size(); ++i) {
    CRM_ASSIGN_OR_RETURN(const auto entries, redis::EntriesOf(reply[i][1]));
    for (Stream& stream : *streams) {
      if (stream.key != reply[i][0].view()) continue;
      for (const redis::StreamEntry& entry : entries) {
        CRM_ASSIGN_OR_RETURN(const bool printed, PrintEntry(stream, entry, filter, json));
        stream.position = entry.id;
        count += printed ? 1 : 0;
        if (count == left) return count;
      }
    }
  }
  return count;
}

absl::StatusOr<std::vector<Stream>> OpenStreams(redis::Connection& connection,
                                                const EventOptions& o) {
  std::vector<Stream> streams;
  for (const std::string& name : o.services) {
    Stream stream{name, absl::StrCat("crm:stage-events:", name, ":", o.partition), {}};
    if (!o.from_start) {
      CRM_ASSIGN_OR_RETURN(const auto info, redis::ReadStreamInfo(connection, stream.key));
      stream.position = info.last_generated;
    }
    streams.push_back(std::move(stream));
  }
  return streams;
}

absl::Status Tail(const Session& session, const EventOptions& o) {
  if (session.settings.redis_url.empty()) {
    return Usage(
        error::FieldInvalid("--redis-url", "is required, or CRM_REDIS_URL, or a stack file"));
  }
  const lifecycle::ShutdownSignal signal;
  const redis::ConnectionOptions options{.url = session.settings.redis_url,
                                         .client_name = "crmctl"};
  std::unique_ptr<redis::Connection> connection;
  std::vector<Stream> streams;
  const EventFilter filter = FilterOf(o);
  int left = o.count > 0 ? o.count : INT32_MAX;
  bool opened = false;
  while (!signal.Triggered() && left > 0) {
    if (!connection || connection->dead()) {
      absl::StatusOr<std::unique_ptr<redis::Connection>> fresh = redis::Connection::Open(options);
      if (!fresh.ok()) {
        if (!opened) return fresh.status();
        std::fprintf(stderr, "redis is away: trying again\n");
        absl::SleepFor(absl::Seconds(1));
        continue;
      }
      connection = *std::move(fresh);
    }
    if (!opened) {
      CRM_ASSIGN_OR_RETURN(streams, OpenStreams(*connection, o));
      opened = true;
    }
    const absl::StatusOr<int> count =
        ReadOnce(*connection, &streams, filter, session.settings.json(), left);
    if (count.ok()) left -= *count;
    if (!count.ok() && !connection->dead()) return count.status();
  }
  return absl::OkStatus();
}

}  // namespace

void AddEventCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("events", "moves of contacts, leads and opportunities");
  group->require_subcommand(1);
  auto o = std::make_shared<EventOptions>();
  CLI::App* list = AddCommand(group, "list", "from the log of a service, by gRPC", session,
                              [session, o] { return List(*session, *o); });
  AddBegin(list, o.get(), kOnePartition);
  AddFilter(list, o.get());
  list->add_option("--limit", o->limit, "at most so many")->check(CLI::PositiveNumber);
  list->add_flag("--all", o->all, "all of them");
  AddEventExport(group, session);
  CLI::App* tail = AddCommand(group, "tail", "as they arrive on Redis, until Ctrl-C", session,
                              [session, o] { return Tail(*session, *o); });
  o->services = {"contact", "lead", "opportunity"};
  AddFilter(tail, o.get());
  tail->add_option("--service", o->services, "only these; may be repeated")
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
  tail->add_option("--partition", o->partition, kOnePartition)->check(CLI::NonNegativeNumber);
  tail->add_flag("--from-start", o->from_start, "first all that Redis still has");
  tail->add_option("--count", o->count, "end after so many");
  AddEventCopyCommands(group, session);
  AddEventGroups(group, session);
  AddEventWatch(group, session);
}

}  // namespace crm::crmctl
