#include "tests/e2e/streams.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/pg/connection.h"
#include "common/pg/row_reader.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"
#include "common/tls/credentials.h"
#include "tests/support/await.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

pg::Rows Select(const StoreUrls& stores, const std::string& service, const std::string& sql) {
  auto connection = pg::Connection::Open(
      {.url = stores.postgres, .schema = "crm_" + service, .application_name = {}});
  if (!connection.ok()) Abort(connection.status().ToString());
  auto rows = (*connection)->Execute("SET crm.tenants TO '*'; " + sql);
  if (!rows.ok()) Abort(rows.status().ToString());
  return *rows;
}

std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

int64_t NumberOf(const redis::Reply& reply) {
  int64_t number = -1;
  (void)absl::SimpleAtoi(reply.view(), &number);
  return number;
}

StreamEntry EntryOf(const redis::StreamEntry& entry) {
  const redis::Reply& fields = entry.fields;
  return {NumberOf(fields.Field("seq")),
          entry.id.ToString(),
          {fields.Field("id").text(), IdOf(fields.Field("subject").text()),
           NumberOf(fields.Field("version")), fields.Field("to_stage").text()}};
}

// Changes of fields are in the log, and not among the moves.
bool IsMove(const StreamEntry& entry) { return entry.told.version > 0; }

client::Service ServiceNamed(const std::string& name) {
  if (name == "contact") return client::Service::kContact;
  return name == "lead" ? client::Service::kLead : client::Service::kOpportunity;
}

bool Settled(const StoreUrls& stores) {
  std::string text;
  for (const std::string& service : kServices) {
    const pg::Rows rows = Select(stores, service,
                                 "SELECT (SELECT count(*) FROM outbox_in) = 0, "
                                 "(SELECT last_seq FROM event_stream WHERE stream = 0)");
    if (!pg::RowReader(rows[0]).Bool(0)) return false;
    const int64_t last = pg::RowReader(rows[0]).Int(1);
    auto redis = redis::Connection::Open({.url = stores.redis});
    if (!redis.ok()) return false;
    const auto info =
        redis::ReadStreamInfo(**redis, absl::StrCat("crm:stage-events:", service, ":0"));
    if (!info.ok() || info->last_generated.seq != last) return false;
    if (service == "contact") continue;
    const pg::Rows inbox = Select(
        stores, "contact",
        absl::StrCat("SELECT coalesce(max(last_seq), 0) FROM consumer_inbox WHERE stream LIKE '%",
                     service, "%'"));
    if (pg::RowReader(inbox[0]).Int(0) != last) return false;
  }
  return true;
}

void ExpectDense(const std::vector<StreamEntry>& entries) {
  absl::flat_hash_map<std::string, int64_t> versions;
  absl::flat_hash_map<std::string, int64_t> ids;
  int64_t faults = 0;
  for (size_t i = 0; i < entries.size() && faults < 5; ++i) {
    const StreamEntry& entry = entries[i];
    const int64_t sequence = static_cast<int64_t>(i) + 1;
    const bool dense = entry.sequence == sequence &&
                       entry.entry_id.ends_with(absl::StrCat("-", sequence)) &&
                       ids.emplace(entry.told.event_id, sequence).second &&
                       (!IsMove(entry) || ++versions[entry.told.thing] == entry.told.version);
    if (!dense) ++faults;
    EXPECT_TRUE(dense) << "entry " << sequence << " is " << entry.entry_id << " seq "
                       << entry.sequence << " event " << entry.told.event_id << " version "
                       << entry.told.version << " of " << entry.told.thing;
  }
}

}  // namespace

client::Client ConnectTo(const Stack& stack, client::Caller caller) {
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (stack.secure()) {
    auto by_tls = tls::ClientCredentials({"", "", stack.Value("CRM_TLS_CA")});
    auto token = client::Token::FromFile(stack.Value("CRM_TOKEN_FILE"));
    if (!by_tls.ok() || !token.ok()) Abort("no credentials in " + stack.folder());
    credentials = *by_tls;
    if (caller.token == nullptr) caller.token = *token;
  }
  auto client =
      client::Client::Connect({stack.Value("CRM_CONTACT_ADDRESS"), stack.Value("CRM_LEAD_ADDRESS"),
                               stack.Value("CRM_OPPORTUNITY_ADDRESS")},
                              caller, credentials);
  if (!client.ok()) Abort(client.status().ToString());
  return *client;
}

std::vector<StreamEntry> ReadRedisStream(const StoreUrls& stores, const std::string& service) {
  auto redis = redis::Connection::Open({.url = stores.redis});
  if (!redis.ok()) Abort(redis.status().ToString());
  std::vector<StreamEntry> entries;
  redis::StreamId after;
  while (true) {
    const auto page = redis::ReadStream(**redis, absl::StrCat("crm:stage-events:", service, ":0"),
                                        after, 5000, absl::ZeroDuration());
    if (!page.ok()) Abort(page.status().ToString());
    if (page->empty()) return entries;
    for (const redis::StreamEntry& entry : *page) entries.push_back(EntryOf(entry));
    after = page->back().id;
  }
}

std::vector<event::v1::StageEvent> ReadEvents(const client::Client& client,
                                              const std::string& service) {
  std::vector<event::v1::StageEvent> events;
  event::v1::ListStageEventsRequest request;
  request.set_page_size(1000);
  while (true) {
    const auto page = client.CallOn(ServiceNamed(service), request);
    if (!page.ok()) Abort(page.status().ToString());
    if (page->events().empty()) return events;
    events.insert(events.end(), page->events().begin(), page->events().end());
    request.set_after_sequence(events.back().sequence());
  }
}

std::vector<StreamEntry> ReadLog(const client::Client& client, const std::string& service) {
  std::vector<StreamEntry> entries;
  for (const event::v1::StageEvent& event : ReadEvents(client, service)) {
    const event::v1::StageChanged& change = event.change();
    entries.push_back(
        {event.sequence(),
         event.entry_id(),
         {change.event_id(), IdOf(change.subject()), change.version(), change.to_stage()}});
  }
  return entries;
}

std::vector<Told> ReadHistory(const StoreUrls& stores, const std::string& service) {
  std::vector<Told> told;
  for (const pg::Row row : Select(
           stores, service, "SELECT event_id, aggregate, version, to_stage FROM stage_history")) {
    told.push_back({row.Text(0), row.Text(1), pg::RowReader(row).Int(2), row.Text(3)});
  }
  return told;
}

bool Settle(const StoreUrls& stores) {
  return Await(absl::Minutes(1), [&] { return Settled(stores); });
}

std::map<std::string, int64_t> LastSequences(const client::Client& client) {
  std::map<std::string, int64_t> last;
  for (const std::string& service : kServices) {
    event::v1::ListStageEventsRequest request;
    request.set_page_size(1);
    const auto page = client.CallOn(ServiceNamed(service), request);
    if (!page.ok()) Abort(page.status().ToString());
    last[service] = page->last_sequence();
  }
  return last;
}

void ExpectStreamsEqualHistories(const StoreUrls& stores, const client::Client& client) {
  for (const std::string& service : kServices) {
    SCOPED_TRACE("stream of " + service);
    const std::vector<StreamEntry> stream = ReadRedisStream(stores, service);
    ASSERT_FALSE(stream.empty());
    ExpectDense(stream);
    EXPECT_TRUE(stream == ReadLog(client, service)) << "Redis and ListStageEvents differ";
    std::vector<Told> told;
    for (const StreamEntry& entry : stream) {
      if (IsMove(entry)) told.push_back(entry.told);
    }
    std::vector<Told> history = ReadHistory(stores, service);
    std::sort(told.begin(), told.end());
    std::sort(history.begin(), history.end());
    EXPECT_EQ(told.size(), history.size());
    EXPECT_TRUE(told == history) << "the stream and the stage history differ";
  }
}

}  // namespace crm::testing
