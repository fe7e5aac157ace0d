#include "tests/fault/storm/storm.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/stage/stage_event.h"
#include "tests/fault/storm/faults.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

constexpr char kCalls[] = "/calls.jsonl";
constexpr char kStores[] = "/stores.jsonl";
constexpr absl::Duration kRecovery = absl::Minutes(1);

std::string NewFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "storm-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) Abort("no temporary folder");
  return name;
}

std::string NewDatabase(const StormPlace& place, int partitions) {
  for (int partition = 0; partition < partitions; ++partition) {
    place.redis_of(Storm::StreamOf(partition)).FlushAll();
  }
  return place.postgres.CreateDatabase();
}

std::vector<std::string> AddressesOf(const std::vector<Replica*>& replicas) {
  std::vector<std::string> addresses;
  for (const Replica* const replica : replicas) addresses.push_back(replica->address());
  return addresses;
}

}  // namespace

int64_t Verdict::Figure(const std::string& name) const {
  const std::vector<std::string> parts =
      absl::StrSplit(output, absl::MaxSplits(absl::StrCat("\"", name, "\": "), 1));
  int64_t figure = -1;
  if (parts.size() == 2) {
    (void)absl::SimpleAtoi(parts[1].substr(0, parts[1].find_first_of(",}")), &figure);
  }
  return figure;
}

StormPlace StormStores::Place() {
  std::vector<RedisServer*> servers = redis.Replicas();
  servers.push_back(&redis.Primary());
  return {postgres, redis.Url(), std::move(servers),
          [this](const std::string&) -> RedisServer& { return redis.Primary(); }};
}

StormPlace StormClusterStores::Place() {
  return {postgres, redis.Url(), redis.Nodes(),
          [this](const std::string& stream) -> RedisServer& { return redis.NodeOf(stream); }};
}

std::string Storm::StreamOf(int partition) { return stage::StreamKey("opportunity", partition); }

Storm::Storm(StormPlace place, StormOptions options)
    : place_(std::move(place)),
      options_(std::move(options)),
      database_(NewDatabase(place_, options_.partitions)),
      folder_(options_.folder.empty() ? NewFolder() : options_.folder),
      fleet_({absl::StrCat("127.0.0.1:", place_.postgres.port()), database_, place_.redis_url},
             {.drain_delay = absl::ZeroDuration(),
              .flags = "--contact-address " + contacts_.address(),
              .environment = options_.environment,
              .programs = options_.programs,
              .replicas = options_.replicas,
              .services = {client::Service::kOpportunity},
              .partitions = options_.partitions}),
      recorder_(folder_ + kCalls),
      writers_(AddressesOf(fleet_.replicas()),
               {.seed = options_.seed, .impatient = options_.impatient}, recorder_) {
  for (int partition = 0; partition < options_.partitions; ++partition) {
    for (RedisServer* const server : place_.redis_servers) {
      const std::string name = absl::StrCat("redis-", watchers_.size() + 1);
      watchers_.push_back(
          std::make_unique<StreamWatcher>(name, server->Url(), partition, recorder_));
    }
    for (const char* name : {"anna", "bob"}) {
      subscribers_.push_back(
          std::make_unique<Subscriber>(fleet_.Client(), name, partition, recorder_));
    }
  }
  writers_.Start();
}

Storm::~Storm() {
  writers_.Stop();
  if (options_.folder.empty()) std::filesystem::remove_all(folder_);
}

std::map<std::string, int> Storm::Rage(
    const std::vector<std::pair<std::string, std::vector<Fault>>>& lanes) {
  EXPECT_TRUE(writers_.AwaitMore(5, kRecovery));
  const base::SteadyTime end = base::SteadyNow() + options_.length;
  std::deque<Lane> running;
  for (const auto& [name, faults] : lanes) {
    running.emplace_back(name, options_.seed * 100 + running.size(), faults);
    running.back().Start(end);
  }
  std::map<std::string, int> happened;
  for (Lane& lane : running) {
    lane.Join();
    happened.insert(lane.happened().begin(), lane.happened().end());
  }
  return happened;
}

void Storm::Calm() {
  EXPECT_TRUE(writers_.AwaitMore(5, kRecovery)) << "after the storm nobody can write";
  writers_.Stop();
}

bool Storm::Settled() const {
  for (int partition = 0; partition < options_.partitions; ++partition) {
    if (!IsSettled(partition)) return false;
  }
  return true;
}

bool Storm::IsSettled(int partition) const {
  const std::vector<std::string> log =
      absl::StrSplit(Sql(absl::StrCat("SELECT (SELECT count(*) FROM crm_opportunity.outbox_in), "
                                      "last_seq FROM crm_opportunity.event_stream WHERE stream = ",
                                      partition)),
                     '|');
  if (log.size() != 2 || log[0] != "0") return false;
  for (const auto& subscriber : subscribers_) {
    if (subscriber->partition() != partition) continue;
    if (absl::StrCat(subscriber->read()) != log[1]) return false;
  }
  if (log[1] == "0") return true;
  const std::string stream = StreamOf(partition);
  const std::string last =
      place_.redis_of(stream).Run({"XREVRANGE", stream, "+", "-", "COUNT", "1"});
  return absl::EndsWith(last.substr(0, last.find('\n')), "-" + log[1]);
}

bool Storm::Settle(absl::Duration limit) {
  return Await(limit, [this] { return Settled(); });
}

Verdict Storm::Judge() {
  recorder_.Flush();
  const std::string tools = SourceFolder() + "/tests/fault/history/";
  std::string servers;
  for (int partition = 0; partition < options_.partitions; ++partition) {
    absl::StrAppend(&servers, place_.redis_of(StreamOf(partition)).Url(), " ");
  }
  const Outcome collected =
      RunScript(absl::StrCat("CRM_DATABASE_URL=", Quoted(Url()), " CRM_REDIS_URL=", Quoted(servers),
                             " ", tools, "collect opportunity > ", Quoted(folder_ + kStores)));
  EXPECT_EQ(collected.code, 0) << collected.output;
  const Outcome judged = RunScript(
      absl::StrCat(tools, "judge ", Quoted(folder_ + kCalls), " ", Quoted(folder_ + kStores)));
  return {judged.code, judged.output};
}

int64_t Storm::seen_again() const {
  int64_t sum = 0;
  for (const auto& watcher : watchers_) sum += watcher->seen_again();
  return sum;
}

}  // namespace crm::testing
