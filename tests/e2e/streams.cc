#include "tests/e2e/streams.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

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

std::string KeyOf(const std::string& service, int64_t partition) {
  return absl::StrCat("crm:stage-events:", service, ":", partition);
}

// One partition, whose newest sequence is `last`: on its stream, and read by those who follow it.
bool Settled(const StoreUrls& stores, const std::string& service, int64_t partition, int64_t last) {
  const std::string key = KeyOf(service, partition);
  auto redis = redis::Connection::Open({.url = stores.redis});
  if (!redis.ok()) return false;
  const auto info = redis::ReadStreamInfo(**redis, key);
  if (!info.ok() || info->last_generated.seq != last) return false;
  if (service == "contact") return true;
  const pg::Rows inbox =
      Select(stores, "contact",
             absl::StrCat("SELECT coalesce(max(last_seq), 0) FROM consumer_inbox WHERE stream = '",
                          key, "'"));
  return pg::RowReader(inbox[0]).Int(0) == last;
}

bool Settled(const StoreUrls& stores) {
  for (const std::string& service : kServices) {
    const pg::Rows rows = Select(stores, service,
                                 "SELECT (SELECT count(*) FROM outbox_in) = 0, stream, last_seq "
                                 "FROM event_stream");
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      if (!read.Bool(0) || !Settled(stores, service, read.Int(1), read.Int(2))) return false;
    }
  }
  return true;
}

// How many partitions the service's log has.
int PartitionsOf(const client::Client& client, const std::string& service) {
  event::v1::ListStageEventsRequest request;
  request.set_page_size(1);
  const auto page = client.CallOn(ServiceNamed(service), request);
  if (!page.ok()) Abort(page.status().ToString());
  return page->partitions();
}

std::vector<event::v1::StageEvent> ReadPartition(const client::Client& client,
                                                 const std::string& service, int partition) {
  std::vector<event::v1::StageEvent> events;
  event::v1::ListStageEventsRequest request;
  request.set_page_size(1000);
  request.set_partition(partition);
  while (true) {
    const auto page = client.CallOn(ServiceNamed(service), request);
    if (!page.ok()) Abort(page.status().ToString());
    if (page->events().empty()) return events;
    events.insert(events.end(), page->events().begin(), page->events().end());
    request.set_after_sequence(events.back().sequence());
  }
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

std::vector<StreamEntry> ReadRedisStream(const StoreUrls& stores, const std::string& service,
                                         int partition) {
  auto redis = redis::Connection::Open({.url = stores.redis});
  if (!redis.ok()) Abort(redis.status().ToString());
  std::vector<StreamEntry> entries;
  redis::StreamId after;
  while (true) {
    const auto page =
        redis::ReadStream(**redis, KeyOf(service, partition), after, 5000, absl::ZeroDuration());
    if (!page.ok()) Abort(page.status().ToString());
    if (page->empty()) return entries;
    for (const redis::StreamEntry& entry : *page) entries.push_back(EntryOf(entry));
    after = page->back().id;
  }
}

std::vector<event::v1::StageEvent> ReadEvents(const client::Client& client,
                                              const std::string& service) {
  std::vector<event::v1::StageEvent> events;
  for (int partition = 0; partition < PartitionsOf(client, service); ++partition) {
    const auto some = ReadPartition(client, service, partition);
    events.insert(events.end(), some.begin(), some.end());
  }
  return events;
}

std::vector<StreamEntry> ReadLog(const client::Client& client, const std::string& service,
                                 int partition) {
  std::vector<StreamEntry> entries;
  for (const event::v1::StageEvent& event : ReadPartition(client, service, partition)) {
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
    std::vector<Told> told;
    for (int partition = 0; partition < PartitionsOf(client, service); ++partition) {
      SCOPED_TRACE(KeyOf(service, partition));
      const std::vector<StreamEntry> stream = ReadRedisStream(stores, service, partition);
      ExpectDense(stream);
      EXPECT_TRUE(stream == ReadLog(client, service, partition))
          << "Redis and ListStageEvents differ";
      for (const StreamEntry& entry : stream) {
        if (IsMove(entry)) told.push_back(entry.told);
      }
    }
    ASSERT_FALSE(told.empty()) << service;
    std::vector<Told> history = ReadHistory(stores, service);
    std::sort(told.begin(), told.end());
    std::sort(history.begin(), history.end());
    EXPECT_EQ(told.size(), history.size()) << service;
    EXPECT_TRUE(told == history) << "the stream and the stage history differ";
  }
}

void ExpectNoStageTwice(const client::Client& client, const std::string& service) {
  std::set<std::pair<std::string, std::string>> entered;
  for (const StreamEntry& each : ReadLog(client, service)) {
    if (!IsMove(each)) continue;
    EXPECT_TRUE(entered.emplace(each.told.thing, each.told.to_stage).second)
        << service << " " << each.told.thing << " enters " << each.told.to_stage << " again";
  }
}

}  // namespace crm::testing
