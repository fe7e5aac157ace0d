#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>

#include "clients/crmctl/arguments.h"
#include "common/lifecycle/shutdown_signal.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"
#include "common/stage/stage_json.h"

namespace crm::crmctl {
namespace {

struct EventOptions {
  std::string service;
  std::vector<std::string> services;
  int64_t after = 0;
  int limit = 50;
  bool all = false;
  bool from_start = false;
  int count = 0;
};

// One event in a line that a person can follow.
std::string Readable(absl::string_view stream, absl::string_view sequence,
                     const event::v1::StageChanged& change) {
  const char* bold = Coloured() ? "\033[1m" : "";
  const char* plain = Coloured() ? "\033[0m" : "";
  const std::string amount = FieldText(change, "amount_after");
  return absl::StrCat(stream, " #", sequence, "  ", FieldText(change, "effective_time"), "  ",
                      change.subject(), " v", change.version(), "  ",
                      change.from_stage().empty() ? "·" : change.from_stage(), " → ", bold,
                      change.to_stage(), plain, amount.empty() ? "" : "  ", amount,
                      change.reason().empty() ? "" : "  ", change.reason(),
                      change.actor().empty() ? "" : "  by ", change.actor());
}

absl::Status List(const Session& session, const EventOptions& o) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  client::Service service = client::Service::kContact;
  if (o.service == "lead") service = client::Service::kLead;
  if (o.service == "opportunity") service = client::Service::kOpportunity;
  event::v1::ListStageEventsRequest request;
  request.set_after_sequence(o.after);
  int64_t left = o.all ? INT64_MAX : o.limit;
  while (left > 0) {
    request.set_page_size(static_cast<int>(std::min<int64_t>(left, 1000)));
    CRM_ASSIGN_OR_RETURN(const auto page, client.CallOn(service, request));
    const int64_t before = request.after_sequence();
    for (const event::v1::StageEvent& event : page.events()) {
      const std::string line =
          session.settings.json()
              ? JsonOf(event, false)
              : Readable(o.service, absl::StrCat(event.sequence()), event.change()) + "\n";
      std::fputs(line.c_str(), stdout);
      request.set_after_sequence(event.sequence());
      --left;
    }
    // A page of other tenants' events shows none and goes on.
    request.set_after_sequence(std::max(request.after_sequence(), page.read_sequence()));
    if (request.after_sequence() == before) break;
  }
  return absl::OkStatus();
}

struct Stream {
  std::string name;
  std::string key;
  redis::StreamId position;
};

absl::Status PrintEntry(const Stream& stream, const redis::StreamEntry& entry, bool json) {
  const std::string data = entry.fields.Field("data").text();
  if (json) {
    std::printf("%s\n", data.c_str());
  } else {
    CRM_ASSIGN_OR_RETURN(const event::v1::StageChanged change, stage::ParseJson(data));
    std::printf("%s\n", Readable(stream.name, entry.fields.Field("seq").view(), change).c_str());
  }
  std::fflush(stdout);
  return absl::OkStatus();
}

// Waits up to half a second for entries of any stream.
absl::StatusOr<int> ReadOnce(redis::Connection& connection, std::vector<Stream>* streams,
                             bool json) {
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
        CRM_RETURN_IF_ERROR(PrintEntry(stream, entry, json));
        stream.position = entry.id;
        ++count;
      }
    }
  }
  return count;
}

absl::StatusOr<std::vector<Stream>> OpenStreams(redis::Connection& connection,
                                                const EventOptions& o) {
  std::vector<Stream> streams;
  for (const std::string& name : o.services) {
    Stream stream{name, absl::StrCat("crm:stage-events:", name, ":0"), {}};
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
    const absl::StatusOr<int> count = ReadOnce(*connection, &streams, session.settings.json());
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
  const std::vector<std::string> names = {"contact", "lead", "opportunity"};
  CLI::App* list = AddCommand(group, "list", "from the log of a service, by gRPC", session,
                              [session, o] { return List(*session, *o); });
  list->add_option("--service", o->service, "contact, lead or opportunity")
      ->required()
      ->check(CLI::IsMember(names));
  list->add_option("--after", o->after, "sequence to start after; 0: from the oldest");
  list->add_option("--limit", o->limit, "at most so many")->check(CLI::PositiveNumber);
  list->add_flag("--all", o->all, "all of them");
  CLI::App* tail = AddCommand(group, "tail", "as they arrive on Redis, until Ctrl-C", session,
                              [session, o] { return Tail(*session, *o); });
  o->services = names;
  tail->add_option("--service", o->services, "only these; may be repeated")
      ->check(CLI::IsMember(names));
  tail->add_flag("--from-start", o->from_start, "first all that Redis still has");
  tail->add_option("--count", o->count, "end after so many");
}

}  // namespace crm::crmctl
