#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/event/event_source.h"
#include "common/event/history_source.h"
#include "common/event/relay.h"
#include "common/metrics/registry.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "common/redis/stream.h"
#include "common/stage/stage_record.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace crm::event::testing {

using crm::testing::PostgresServer;
using crm::testing::RedisServer;

inline constexpr char kSchema[] = "crm_lead";
inline constexpr char kStream[] = "crm:stage-events:lead:0";
std::string StreamOf(int partition);

// A database with the event tables and a table of things that move, and a Redis of its own: what a
// service has, without the service.
class Pipeline {
 public:
  Pipeline();
  ~Pipeline();

  pg::ConnectionOptions Database(absl::string_view role) const;
  RelayOptions RelayOptionsForTest(int partition = 0) const;
  std::unique_ptr<Relay> StartRelay(int partition = 0);
  redis::ConnectionOptions Redis() const;

  // A move of `thing` as its service would do it: lock the row, record, commit.
  absl::Status Move(int thing);
  // The same inside a transaction that the caller commits.
  absl::Status MoveIn(pg::Transaction& transaction, int thing);
  // As Move, but for several things at once.
  absl::Status MoveAll(const std::vector<int>& things);
  // So many moves, none of them in the log or on the stream yet.
  absl::Status MoveInBulk(int moves);

  std::string Sql(absl::string_view sql) { return postgres.Run(database, sql); }
  int64_t Count(absl::string_view table);
  double Metric(absl::string_view name) const;

  // The length of all partitions' streams; -1 if one cannot be asked.
  int64_t StreamLength();
  std::vector<redis::StreamEntry> Entries(int partition = 0);
  // Every entry with all fields as text, to compare streams.
  std::vector<std::string> EntryTexts();
  bool AwaitStream(int64_t length, absl::Duration limit = absl::Seconds(20));

  // Empty if the streams are exactly the history: sequences 1, 2, 3… without holes on each, every
  // thing's versions in order, every move once, each entry equal to the log. Else what is wrong.
  std::string FirstViolation();

  PostgresServer& postgres = PostgresServer::Shared();
  std::string database;
  RedisServer redis_server;
  std::string redis_url;  // where the streams are instead, if not empty
  int partitions = 1;     // of the log; who changes it calls set_partitions
  metrics::Registry registry;
  std::unique_ptr<pg::Pool> app;
  base::RandomIdGenerator ids{&base::SystemClock::Instance()};
};

// The log and the history read directly, as ListStageEvents and ListStageMoves would give them.
class LogSource final : public EventSource, public HistorySource {
 public:
  explicit LogSource(pg::Pool* pool) : pool_(pool) {}
  absl::StatusOr<SourcePage> After(int64_t sequence, int limit) override;
  // Pages of seven.
  absl::StatusOr<HistoryPage> Moves(const std::string& position, int64_t sequence,
                                    int limit) override;
  int calls() const { return calls_; }

 private:
  pg::Pool* const pool_;
  std::atomic<int> calls_{0};
};

}  // namespace crm::event::testing
