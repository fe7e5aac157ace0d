#include "common/redis/cluster.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

// Nodes that disagree about who has a slot, as during a failover, could send one round and round.
constexpr int kMostHops = 4;

absl::Status Unreachable(const Place& place, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("no node found: ", place.host, ":", place.port,
                                                  ": ", status.message()));
}

// `*place` is the node asked last.
absl::StatusOr<std::unique_ptr<Connection>> FollowMoves(const Login& login,
                                                        const ConnectionOptions& options,
                                                        Place* place) {
  for (int hop = 0; hop < kMostHops; ++hop) {
    CRM_ASSIGN_OR_RETURN(auto connection, Connection::OpenAt({*place, login, 0}, options));
    if (options.key.empty()) return connection;
    const absl::Status asked = connection->Run({"XLEN", options.key}).status();
    // A key of another kind is there as well.
    if (asked.ok() || ErrorPrefix(asked) == "WRONGTYPE") return connection;
    const std::optional<Place> moved = MovedTo(asked.message(), place->host);
    if (!moved.has_value()) return asked;
    *place = *moved;
  }
  return absl::UnavailableError("the nodes disagree about who has the key");
}

}  // namespace

std::optional<Place> MovedTo(absl::string_view error, absl::string_view asked_host) {
  const std::vector<absl::string_view> words = absl::StrSplit(error, ' ');
  if (words.size() != 3 || words[0] != "MOVED") return std::nullopt;
  const size_t colon = words[2].rfind(':');
  Place place;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(words[2].substr(colon + 1), &place.port) || place.port < 1 ||
      place.port > 65535) {
    return std::nullopt;
  }
  const absl::string_view host = words[2].substr(0, colon);
  place.host = std::string(host.empty() ? asked_host : host);
  return place;
}

absl::StatusOr<std::unique_ptr<Connection>> OpenNode(const ClusterUrl& url,
                                                     const ConnectionOptions& options) {
  absl::Status failure;
  for (const Place& node : url.nodes) {
    Place place = node;
    auto connection = FollowMoves(url.login, options, &place);
    if (connection.ok()) return connection;
    failure = Unreachable(place, connection.status());
  }
  return failure;
}

}  // namespace crm::redis
