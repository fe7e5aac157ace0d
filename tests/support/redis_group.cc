#include "tests/support/redis_group.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/await.h"

namespace crm::testing {
namespace {

constexpr int kServers = 3;
constexpr int kSentinels = 3;
constexpr char kName[] = "crm";

// A starved Sentinel rests for half a minute ("tilt").
constexpr absl::Duration kLongest = absl::Seconds(100);

// The text after the line `field` of a reply of names and values.
std::string FieldOf(const std::string& reply, const std::string& field) {
  const size_t at = reply.find("\n" + field + "\n");
  if (at == std::string::npos) return "";
  const size_t begin = at + field.size() + 2;
  return reply.substr(begin, reply.find('\n', begin) - begin);
}

bool KnowsAll(RedisServer& sentinel) {
  const std::string state = sentinel.Run({"SENTINEL", "MASTER", kName});
  return FieldOf(state, "num-slaves") == absl::StrCat(kServers - 1) &&
         FieldOf(state, "num-other-sentinels") == absl::StrCat(kSentinels - 1);
}

bool IsPrimary(RedisServer& server) { return absl::StartsWith(server.Run({"ROLE"}), "master"); }

}  // namespace

RedisGroup::RedisGroup() {
  std::vector<std::string> settings = {"repl-diskless-sync-delay 0"};
  for (int i = 0; i < kServers; ++i) {
    servers_.push_back(std::make_unique<RedisServer>(RedisOptions{.extra = settings}));
    if (i == 0) settings.push_back(absl::StrCat("replicaof 127.0.0.1 ", servers_[0]->port()));
  }
  const std::string monitor = absl::StrCat("sentinel monitor ", kName, " 127.0.0.1 ",
                                           servers_[0]->port(), " ", kSentinels / 2 + 1);
  for (int i = 0; i < kSentinels; ++i) {
    sentinels_.push_back(std::make_unique<RedisServer>(RedisOptions{
        .extra = {monitor, absl::StrCat("sentinel down-after-milliseconds ", kName, " 1000"),
                  absl::StrCat("sentinel failover-timeout ", kName, " 3000")},
        .sentinel = true}));
  }
  for (const auto& sentinel : sentinels_) {
    if (!Await(kLongest, [&] { return KnowsAll(*sentinel); })) Abort("the Sentinels do not meet");
  }
}

std::string RedisGroup::Url() const {
  std::string places;
  for (const auto& sentinel : sentinels_) {
    absl::StrAppend(&places, places.empty() ? "" : ",", "127.0.0.1:", sentinel->port());
  }
  return absl::StrCat("redis+sentinel://", places, "/", kName, "/0");
}

RedisServer* RedisGroup::Named() {
  for (const auto& sentinel : sentinels_) {
    const std::string place = sentinel->Run({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", kName});
    for (const auto& server : servers_) {
      if (place == absl::StrCat("127.0.0.1\n", server->port())) return server.get();
    }
  }
  return nullptr;
}

RedisServer& RedisGroup::Primary() {
  RedisServer* primary = nullptr;
  if (!Await(kLongest, [&] {
        primary = Named();
        return primary != nullptr && IsPrimary(*primary);
      })) {
    Abort("no Redis becomes the primary");
  }
  return *primary;
}

std::vector<RedisServer*> RedisGroup::Replicas() {
  const RedisServer& primary = Primary();
  std::vector<RedisServer*> replicas;
  for (const auto& server : servers_) {
    if (server.get() != &primary) replicas.push_back(server.get());
  }
  return replicas;
}

void RedisGroup::SwitchOver() {
  const RedisServer* const before = &Primary();
  // Refused until a failover before is over and some replica is good enough.
  if (!Await(
          kLongest,
          [&] {
            return sentinels_[0]->Run({"SENTINEL", "FAILOVER", kName}) == "OK" || Named() != before;
          }) ||
      !Await(kLongest, [&] { return &Primary() != before; })) {
    Abort("the Sentinels do not switch over");
  }
}

}  // namespace crm::testing
