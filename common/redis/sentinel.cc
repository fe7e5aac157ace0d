#include "common/redis/sentinel.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

absl::StatusOr<Place> Ask(const Place& sentinel, const SentinelUrl& url,
                          ConnectionOptions options) {
  options.client_name.clear();
  CRM_ASSIGN_OR_RETURN(const auto connection,
                       Connection::OpenAt({sentinel, url.sentinel_login, 0}, options));
  CRM_ASSIGN_OR_RETURN(const Reply reply,
                       connection->Run({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", url.primary}));
  Place primary;
  if (reply.size() != 2 || !absl::SimpleAtoi(reply[1].view(), &primary.port)) {
    return absl::UnavailableError("it does not know the primary");
  }
  primary.host = reply[0].text();
  return primary;
}

absl::Status Failure(const Place& place, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("no primary found: ", place.host, ":", place.port,
                                                  ": ", status.message()));
}

absl::Status RequirePrimary(Connection& connection) {
  const absl::StatusOr<Reply> role = connection.Run({"ROLE"});
  if (absl::IsPermissionDenied(role.status())) return absl::OkStatus();
  if (!role.ok()) return role.status();
  if (role->size() > 0 && (*role)[0].view() == "master") return absl::OkStatus();
  return absl::UnavailableError("it is not the primary");
}

}  // namespace

absl::StatusOr<Place> FindPrimary(const SentinelUrl& url, const ConnectionOptions& options) {
  absl::Status failure;
  for (const Place& sentinel : url.sentinels) {
    absl::StatusOr<Place> primary = Ask(sentinel, url, options);
    if (primary.ok()) return primary;
    failure = Failure(sentinel, primary.status());
  }
  return failure;
}

absl::StatusOr<std::unique_ptr<Connection>> OpenPrimary(const SentinelUrl& url,
                                                        const ConnectionOptions& options) {
  absl::Status failure;
  std::vector<Place> tried;
  for (const Place& sentinel : url.sentinels) {
    const absl::StatusOr<Place> primary = Ask(sentinel, url, options);
    if (!primary.ok()) {
      if (failure.ok()) failure = Failure(sentinel, primary.status());
      continue;
    }
    if (std::find(tried.begin(), tried.end(), *primary) != tried.end()) continue;
    tried.push_back(*primary);
    auto connection = Connection::OpenAt({*primary, url.login, url.db}, options);
    absl::Status opened = connection.status();
    if (opened.ok()) opened = RequirePrimary(**connection);
    if (opened.ok()) return connection;
    failure = Failure(*primary, opened);
  }
  return failure;
}

}  // namespace crm::redis
