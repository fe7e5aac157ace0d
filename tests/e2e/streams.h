#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "clients/cpp/client.h"
#include "tests/support/stack.h"

namespace crm::testing {

// One event as told by the Redis stream, by ListStageEvents or by the stage history.
struct Told {
  std::string event_id;
  std::string thing;  // UUID of what moved
  int64_t version = 0;
  std::string to_stage;

  friend auto operator<=>(const Told&, const Told&) = default;
};

struct StreamEntry {
  int64_t sequence = 0;
  std::string entry_id;
  Told told;

  friend auto operator<=>(const StreamEntry&, const StreamEntry&) = default;
};

// URLs of the stores that services keep their data in; PostgreSQL's as superuser.
struct StoreUrls {
  StoreUrls(std::string postgres_url, std::string redis_url)
      : postgres(std::move(postgres_url)), redis(std::move(redis_url)) {}
  StoreUrls(const Stack& stack)  // NOLINT: wherever they are asked for, a stack will do
      : StoreUrls(stack.Value("CRM_DATABASE_URL"), stack.Value("CRM_REDIS_URL")) {}

  std::string postgres;
  std::string redis;
};

inline const std::vector<std::string> kServices = {"contact", "lead", "opportunity"};

// What the three places say about a service's events, oldest first; the first two of a partition.
std::vector<StreamEntry> ReadRedisStream(const StoreUrls& stores, const std::string& service,
                                         int partition = 0);
std::vector<StreamEntry> ReadLog(const client::Client& client, const std::string& service,
                                 int partition = 0);
// What ListStageEvents says, whole, of one partition after the other.
std::vector<event::v1::StageEvent> ReadEvents(const client::Client& client,
                                              const std::string& service);
std::vector<Told> ReadHistory(const StoreUrls& stores, const std::string& service);

// Waits until everything that has been committed is published, consumed and published again;
// false when that takes longer than a minute.
bool Settle(const StoreUrls& stores);

// Newest sequence of each service's stream; of a log in partitions that of the first.
std::map<std::string, int64_t> LastSequences(const client::Client& client);

// The promise: every stage event on one of its Redis streams exactly once, on each sequences 1, 2,
// 3… without holes, each thing's versions 1, 2, 3… in order, and of moves nothing but what the
// history has.
void ExpectStreamsEqualHistories(const StoreUrls& stores, const client::Client& client);

// None of the service's things has entered a stage twice.
void ExpectNoStageTwice(const client::Client& client, const std::string& service);

// A client of the stack's services; of a secure one's by TLS, and by the token of its stack.env
// unless `caller` has another.
client::Client ConnectTo(const Stack& stack, client::Caller caller = {});

}  // namespace crm::testing
