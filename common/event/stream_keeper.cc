#include "common/event/stream_keeper.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/log/log.h"

namespace crm::event {

StreamKeeper::StreamKeeper(std::string key, int partition, metrics::Registry* registry)
    : key_(std::move(key)), partition_(partition), registry_(registry) {}

absl::Status StreamKeeper::Trim(redis::Connection& connection, int64_t tip_sequence,
                                absl::Time horizon) {
  const redis::StreamId least{std::max<int64_t>(absl::ToUnixMillis(horizon), 0), 0};
  CRM_RETURN_IF_ERROR(ReportGroups(connection, tip_sequence, least));
  return connection.Run({"XTRIM", key_, "MINID", "~", least.ToString(), "LIMIT", "0"}).status();
}

void StreamKeeper::Withdraw() {
  for (const auto& [group, lag] : lags_) lag->Withdraw();
}

absl::Status StreamKeeper::ReportGroups(redis::Connection& connection, int64_t tip_sequence,
                                        const redis::StreamId& horizon) {
  const absl::StatusOr<redis::Reply> groups = connection.Run({"XINFO", "GROUPS", key_});
  if (!groups.ok()) {
    return absl::EndsWith(groups.status().message(), "no such key") ? absl::OkStatus()
                                                                    : groups.status();
  }
  std::map<std::string, metrics::TransientGauge*> gone = lags_;
  for (size_t i = 0; i < groups->size(); ++i) {
    const redis::Reply group = (*groups)[i];
    const std::string name = group.Field("name").text();
    const std::optional<redis::StreamId> position =
        redis::StreamId::Parse(group.Field("last-delivered-id").view());
    if (!position.has_value()) continue;
    gone.erase(name);
    metrics::TransientGauge*& lag = lags_[name];
    if (lag == nullptr) {
      lag = &registry_->GetTransientGauge(
          "crm_stream_group_lag", "Entries a consumer group has not read.",
          {{"group", name}, {"partition", absl::StrCat(partition_)}});
    }
    lag->Set(static_cast<double>(tip_sequence - position->seq));
    CRM_ASSIGN_OR_RETURN(const redis::Reply cut,
                         connection.Run({"XRANGE", key_, "(" + position->ToString(),
                                         "(" + horizon.ToString(), "COUNT", "1"}));
    if (cut.size() == 0) {
      warned_.erase(name);
    } else if (warned_.insert(name).second) {
      log::Warning("trimming cuts entries that a consumer group has not read",
                   {{"stream", key_}, {"group", name}, {"position", position->ToString()}});
    }
  }
  for (const auto& [group, lag] : gone) lag->Withdraw();
  return absl::OkStatus();
}

}  // namespace crm::event
