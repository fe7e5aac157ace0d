#include "tests/support/redis_cluster.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/await.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

constexpr int kPrimaries = 3;
constexpr int kNodes = 2 * kPrimaries;
constexpr int kSlots = 16384;
constexpr absl::Duration kPatience = absl::Seconds(100);

void Must(RedisServer& node, const std::vector<std::string>& command) {
  const std::string reply = node.Run(command);
  if (reply != "OK") Abort(absl::StrCat("cluster node: ", reply));
}

}  // namespace

RedisCluster::RedisCluster() {
  std::vector<int> bus_ports;
  for (int i = 0; i < kNodes; ++i) {
    bus_ports.push_back(FreePort());
    nodes_.push_back(std::make_unique<RedisServer>(RedisOptions{
        .extra = {"cluster-enabled yes", "cluster-node-timeout 1500",
                  absl::StrCat("cluster-port ", bus_ports.back()),
                  "cluster-require-full-coverage no", "cluster-replica-validity-factor 0",
                  "cluster-allow-replica-migration no", "repl-diskless-sync-delay 0"}}));
  }
  for (int i = 0; i < kPrimaries; ++i) {
    Must(*nodes_[static_cast<size_t>(i)],
         {"CLUSTER", "ADDSLOTSRANGE", absl::StrCat(kSlots * i / kPrimaries),
          absl::StrCat(kSlots * (i + 1) / kPrimaries - 1)});
    Must(*nodes_[static_cast<size_t>(i)], {"CLUSTER", "SET-CONFIG-EPOCH", absl::StrCat(i + 1)});
  }
  for (size_t i = 1; i < nodes_.size(); ++i) {
    Must(*nodes_[0], {"CLUSTER", "MEET", "127.0.0.1", absl::StrCat(nodes_[i]->port()),
                      absl::StrCat(bus_ports[i])});
  }
  for (size_t i = kPrimaries; i < nodes_.size(); ++i) {
    const std::string primary = nodes_[i - kPrimaries]->Run({"CLUSTER", "MYID"});
    if (!Await(kPatience, [&] {
          return nodes_[i]->Run({"CLUSTER", "REPLICATE", primary}) == "OK";
        })) {
      Abort("a node knows no primary");
    }
  }
  for (const auto& node : nodes_) {
    if (!Await(kPatience, [&] { return IsWhole(*node); })) Abort("the cluster does not meet");
  }
}

bool RedisCluster::IsWhole(RedisServer& node) {
  const std::string info = node.Run({"CLUSTER", "INFO"});
  const std::string role = node.Run({"ROLE"});
  const bool follows =
      absl::StartsWith(role, "master\n") || absl::StrContains(role, "\nconnected\n");
  return follows && absl::StrContains(info, "cluster_state:ok") &&
         absl::StrContains(info, absl::StrCat("cluster_known_nodes:", kNodes)) &&
         absl::StrContains(info, absl::StrCat("cluster_slots_ok:", kSlots));
}

std::string RedisCluster::Url() const {
  std::string places;
  for (const auto& node : nodes_) {
    absl::StrAppend(&places, places.empty() ? "" : ",", "127.0.0.1:", node->port());
  }
  return absl::StrCat("redis+cluster://", places);
}

std::vector<RedisServer*> RedisCluster::Nodes() {
  std::vector<RedisServer*> nodes;
  for (const auto& node : nodes_) nodes.push_back(node.get());
  return nodes;
}

RedisServer& RedisCluster::NodeOf(const std::string& key) {
  RedisServer* found = nullptr;
  if (!Await(kPatience, [&] {
        for (const auto& node : nodes_) {
          if (!absl::StartsWith(node->Run({"XLEN", key}), "ERROR")) found = node.get();
        }
        return found != nullptr;
      })) {
    Abort("no node has the key");
  }
  return *found;
}

}  // namespace crm::testing
