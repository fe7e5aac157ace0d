#include "common/redis/cluster_url.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace crm::redis {
namespace {

constexpr char kClusterScheme[] = "redis+cluster://";
constexpr int kNodePort = 6379;

}  // namespace

bool ClusterUrl::Is(absl::string_view url) { return absl::StartsWith(url, kClusterScheme); }

absl::StatusOr<ClusterUrl> ClusterUrl::Parse(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kClusterScheme)) {
    return absl::InvalidArgumentError(absl::StrCat("it must begin with ", kClusterScheme));
  }
  ClusterUrl url;
  std::vector<std::string> faults;
  if (const size_t at = text.rfind('@'); at != absl::string_view::npos) {
    absl::StatusOr<Login> login = ParseLogin(text.substr(0, at));
    if (!login.ok()) faults.emplace_back(login.status().message());
    if (login.ok()) url.login = *std::move(login);
    text.remove_prefix(at + 1);
  }
  if (const size_t slash = text.find('/'); slash != absl::string_view::npos) {
    if (slash + 1 < text.size() && text.substr(slash) != "/0") {
      faults.emplace_back("a cluster has database 0 alone");
    }
    text = text.substr(0, slash);
  }
  for (const absl::string_view one : absl::StrSplit(text, ',')) {
    absl::StatusOr<Place> node = ParsePlace(one, kNodePort);
    if (!node.ok()) {
      faults.push_back(absl::StrCat("node ", url.nodes.size() + 1, ": ", node.status().message()));
    }
    url.nodes.push_back(node.ok() ? *std::move(node) : Place());
  }
  if (!faults.empty()) return absl::InvalidArgumentError(absl::StrJoin(faults, "; "));
  return url;
}

}  // namespace crm::redis
