#pragma once

#include <string>
#include <vector>

#include "tests/fault/fleet.h"
#include "tests/fault/storm/lane.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/redis_group.h"

// What goes wrong in a storm, each kind on a thread of its own. What is named must outlive the
// faults.
namespace crm::testing {

// Replicas are killed, one or all, stopped for a while, told to end; in a long storm also stopped
// for half a minute.
std::vector<Fault> ServiceFaults(std::vector<Replica*> replicas, bool is_long);

// PostgreSQL crashes, is stopped at once, stands still, cuts all connections.
std::vector<Fault> PostgresFaults(PostgresServer& server);

// Redis lacks memory, lacks replicas, forgets stream, data or scripts, cuts connections, makes
// them wait, restarts empty, loads its data for a while; fails over to a replica that is behind;
// and splits: the old primary goes on beside the new one. In a long storm it is also gone for a
// minute.
std::vector<Fault> RedisFaults(RedisGroup& group, const std::string& stream, bool is_long);

// The same of the nodes of a cluster, each time of one of these streams; and a replica takes over
// by order.
std::vector<Fault> ClusterFaults(RedisCluster& cluster, const std::vector<std::string>& streams,
                                 bool is_long);

// Those of `faults` that have one of these names.
std::vector<Fault> Only(const std::vector<Fault>& faults, const std::vector<std::string>& names);

}  // namespace crm::testing
