#include "tests/integration/event/pipeline.h"

#include <signal.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/event/event_log.h"
#include "common/event/migrations/migrations.h"
#include "common/pg/migrator.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/stage/envelope.h"
#include "common/stage/history.h"
#include "common/stage/stage_event.h"
#include "common/stage/stage_record.h"
#include "tests/support/await.h"
#include "tests/support/sequence_id_generator.h"

namespace crm::event::testing {
namespace {

constexpr pg::Statement kLockThing = {"test_lock_thing",
                                      "SELECT version FROM thing WHERE id = $1::uuid FOR UPDATE"};
constexpr pg::Statement kRaise = {"test_raise",
                                  "UPDATE thing SET version = version + 1 WHERE id = $1::uuid"};

constexpr int kThings = 16;

base::Uuid ThingId(int thing) {
  return crm::testing::SequenceIdGenerator::At(static_cast<uint64_t>(thing));
}

pg::ConnectionOptions OptionsFor(const std::string& database, absl::string_view role) {
  pg::ConnectionOptions options;
  options.url = PostgresServer::Shared().Url(database, absl::StrCat(kSchema, "_", role));
  options.schema = kSchema;
  options.application_name = std::string(role);
  return options;
}

// Migrated once per test program; every test gets a copy.
std::string Template() {
  static const std::string* const name = [] {
    PostgresServer& server = PostgresServer::Shared();
    auto* database = new std::string(server.CreateDatabase());
    server.CreateSchema(*database, kSchema);
    const auto span = Migrations();
    pg::MigrationSet set{"event", {span.begin(), span.end()}};
    const auto applied = pg::Migrate(OptionsFor(*database, "migrate"), {set});
    if (!applied.ok()) crm::testing::Abort(applied.status().ToString());
    server.Run(*database, "CREATE TABLE crm_lead.thing (id uuid PRIMARY KEY, version bigint)");
    for (int thing = 1; thing <= kThings; ++thing) {
      server.Run(*database, absl::StrCat("INSERT INTO crm_lead.thing VALUES ('",
                                         ThingId(thing).ToString(), "', 0)"));
    }
    server.Run(*database, "GRANT SELECT, UPDATE ON crm_lead.thing TO crm_lead_app");
    return database;
  }();
  return *name;
}

}  // namespace

std::string StreamOf(int partition) { return stage::StreamKey("lead", partition); }

Pipeline::Pipeline() : database(postgres.CreateDatabase(Template())) {
  signal(SIGPIPE, SIG_IGN);
  app = std::make_unique<pg::Pool>(Database("app"), 8);
}

Pipeline::~Pipeline() {
  app.reset();
  postgres.DropDatabase(database);
}

pg::ConnectionOptions Pipeline::Database(absl::string_view role) const {
  return OptionsFor(database, role);
}

redis::ConnectionOptions Pipeline::Redis() const {
  redis::ConnectionOptions options;
  options.url = redis_url.empty() ? redis_server.Url() : redis_url;
  options.command_timeout = absl::Seconds(1);
  return options;
}

RelayOptions Pipeline::RelayOptionsForTest(int partition) const {
  RelayOptions options;
  options.stream = StreamOf(partition);
  options.partition = partition;
  options.database = Database("relay");
  options.redis = Redis();
  options.trim_interval = absl::Milliseconds(200);
  return options;
}

std::unique_ptr<Relay> Pipeline::StartRelay(int partition) {
  auto relay = std::make_unique<Relay>(RelayOptionsForTest(partition),
                                       std::make_unique<stage::StageEntryRenderer>(), &registry,
                                       &base::SystemClock::Instance());
  relay->Start();
  return relay;
}

absl::Status Pipeline::MoveIn(pg::Transaction& transaction, int thing) {
  const pg::Params key = pg::MakeParams(ThingId(thing));
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLockThing, key));
  stage::StageRecord record;
  record.tenant = "acme";
  record.kind = "lead";
  record.id = ThingId(thing);
  record.version = pg::RowReader(rows[0]).Int(0) + 1;
  record.event_id = ids.New();
  record.from_stage = record.version == 1 ? "" : absl::StrCat("S", record.version - 1);
  record.to_stage = absl::StrCat("S", record.version);
  record.effective = record.recorded = absl::Now();
  record.actor = "tester";
  record.note = "a note with \"quotes\", a \\ and ünïcode";
  record.gates = {"working/budget", "working/{odd, \"gate\"}"};
  record.amount_after = base::Money{"USD", 1054};
  CRM_RETURN_IF_ERROR(stage::RecordStages(transaction, absl::MakeConstSpan(&record, 1)));
  return transaction.Defer(kRaise, key);
}

absl::Status Pipeline::MoveAll(const std::vector<int>& things) {
  return pg::RunInTransaction(*app, pg::Tenants::All(), absl::Now() + absl::Seconds(20),
                              [&](pg::Transaction& transaction) -> absl::Status {
                                for (const int thing : things) {
                                  CRM_RETURN_IF_ERROR(MoveIn(transaction, thing));
                                }
                                return absl::OkStatus();
                              });
}

absl::Status Pipeline::MoveInBulk(int moves) {
  constexpr int kAtOnce = 200;
  absl::Status status;
  for (int moved = 0; moved < moves && status.ok(); moved += kAtOnce) {
    std::vector<int> things;
    for (int i = moved; i < std::min(moves, moved + kAtOnce); ++i) things.push_back(1 + i % 16);
    status = MoveAll(things);
  }
  return status;
}

absl::Status Pipeline::Move(int thing) { return MoveAll({thing}); }

int64_t Pipeline::Count(absl::string_view table) {
  int64_t count = -1;
  (void)absl::SimpleAtoi(Sql(absl::StrCat("SELECT count(*) FROM ", kSchema, ".", table)), &count);
  return count;
}

double Pipeline::Metric(absl::string_view name) const {
  for (const absl::string_view line : absl::StrSplit(registry.Text(), '\n')) {
    double value = 0;
    if (absl::StartsWith(line, name) && line.size() > name.size() &&
        (line[name.size()] == ' ' || line[name.size()] == '{') &&
        absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) {
      return value;
    }
  }
  return -1;
}

int64_t Pipeline::StreamLength() {
  int64_t total = 0;
  for (int partition = 0; partition < partitions; ++partition) {
    const auto connection = redis::Connection::Open(redis::ForKey(Redis(), StreamOf(partition)));
    if (!connection.ok()) return -1;
    const auto length = (*connection)->Run({"XLEN", StreamOf(partition)});
    if (!length.ok()) return -1;
    total += length->integer();
  }
  return total;
}

bool Pipeline::AwaitStream(int64_t length, absl::Duration limit) {
  return crm::testing::Await(limit, [&] { return StreamLength() >= length; });
}

std::vector<redis::StreamEntry> Pipeline::Entries(int partition) {
  const std::string stream = StreamOf(partition);
  auto connection = redis::Connection::Open(redis::ForKey(Redis(), stream));
  if (!connection.ok()) return {};
  auto reply = (*connection)->Run({"XRANGE", stream, "-", "+"});
  return reply.ok() ? redis::EntriesOf(*reply).value() : std::vector<redis::StreamEntry>();
}

std::vector<std::string> Pipeline::EntryTexts() {
  std::vector<std::string> texts;
  for (const redis::StreamEntry& entry : Entries()) {
    std::string text = entry.id.ToString();
    for (size_t i = 0; i < entry.fields.size(); ++i) {
      absl::StrAppend(&text, " ", entry.fields[i].view());
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string Pipeline::FirstViolation() {
  std::set<std::string> moves;
  for (const absl::string_view row :
       absl::StrSplit(Sql("SELECT event_id, aggregate, version FROM crm_lead.stage_history"), '\n',
                      absl::SkipEmpty())) {
    moves.insert(std::string(row));
  }
  std::map<std::string, int64_t> versions;
  for (int partition = 0; partition < partitions; ++partition) {
    const auto log = ReadLog(*app, pg::Tenants::All(), {.partition = partition, .limit = 1'000'000},
                             absl::Now() + absl::Seconds(30));
    if (!log.ok()) return log.status().ToString();
    int64_t sequence = 0;
    for (const redis::StreamEntry& entry : Entries(partition)) {
      const auto event = stage::StageEventOf(entry);
      if (!event.ok()) return event.status().ToString();
      ++sequence;
      const auto& change = event->change();
      if (event->sequence() != sequence) return absl::StrCat("hole at sequence ", sequence);
      if (sequence > static_cast<int64_t>(log->rows.size()) ||
          stage::StageEventOf(log->rows[static_cast<size_t>(sequence) - 1])->SerializeAsString() !=
              event->SerializeAsString()) {
        return absl::StrCat("entry ", sequence, " is not what the log says");
      }
      if (change.version() != ++versions[change.subject()]) {
        return absl::StrCat(change.subject(), " has version ", change.version(), " out of order");
      }
      const absl::string_view id = absl::string_view(change.subject()).substr(6);
      if (moves.erase(absl::StrCat(change.event_id(), "|", id, "|", change.version())) != 1) {
        return absl::StrCat("entry ", sequence, " is no move, or twice there");
      }
    }
  }
  if (!moves.empty()) return absl::StrCat(moves.size(), " moves are missing");
  return "";
}

absl::StatusOr<SourcePage> LogSource::After(int64_t sequence, int limit) {
  ++calls_;
  CRM_ASSIGN_OR_RETURN(const LogPage page,
                       ReadLog(*pool_, pg::Tenants::All(), {.after = sequence, .limit = limit},
                               absl::Now() + absl::Seconds(5)));
  SourcePage found;
  found.floor = page.floor_sequence;
  for (const LogRow& row : page.rows) {
    CRM_ASSIGN_OR_RETURN(const auto event, stage::StageEventOf(row));
    found.events.push_back(stage::ToEvent(event));
  }
  return found;
}

absl::StatusOr<HistoryPage> LogSource::Moves(const std::string& position, int64_t sequence, int) {
  constexpr int kPage = 7;
  stage::MovePosition after;
  if (const std::vector<std::string> keys = absl::StrSplit(position, ' '); keys.size() == 3) {
    after = {keys[0], base::Uuid::Parse(keys[1]).value(), std::stoll(keys[2])};
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<stage::StageRecord> records,
                       stage::ReadMoves(*pool_, pg::Tenants::All(), "", after, kPage, nullptr,
                                        absl::Now() + absl::Seconds(5)));
  HistoryPage page;
  for (const stage::StageRecord& record : records) {
    crm::event::v1::StageEvent event;
    event.set_sequence(sequence);
    CRM_ASSIGN_OR_RETURN(*event.mutable_change(), stage::ChangeOf(record));
    page.moves.push_back(stage::ToEvent(event));
    page.moves.back().sequence = 0;
  }
  if (records.size() == kPage) {
    const stage::StageRecord& last = records.back();
    page.next = absl::StrCat(last.tenant, " ", last.id.ToString(), " ", last.version);
  }
  return page;
}

}  // namespace crm::event::testing
