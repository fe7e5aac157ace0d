#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "crm/pipeline/settings.h"

namespace crm::pipeline {

// Where a status keeps the google.rpc.Status that came with it.
inline constexpr char kDetailsPayload[] = "type.googleapis.com/google.rpc.Status";

absl::Status ToStatus(const grpc::Status& status);
absl::Status EventsLost(int64_t first, int64_t last);

// How long to wait after the `failures`-th failure in a row; nothing when the error is final: it
// does not pass by itself, or not within `remaining`. The server's own delay is never undercut;
// `chance`, in [0, 1), cuts the rest by up to half.
std::optional<absl::Duration> PauseAfter(const absl::Status& error, int failures,
                                         absl::Duration remaining, double chance);
double Chance();

// The channels, and who calls. Thread-safe.
class Connection {
 public:
  static absl::StatusOr<std::shared_ptr<Connection>> Open(const Settings& settings);

  // FAILED_PRECONDITION without an address.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(Server server) const;

  // Tells who calls. A token file is looked at again a second or more after the last look.
  void Identify(grpc::ClientContext& context);
  // Looks now; whether there is another token than before.
  bool Refresh();

 private:
  using Clock = std::chrono::steady_clock;

  explicit Connection(const Settings& settings) : settings_(settings) {}

  const Settings settings_;
  std::array<std::shared_ptr<grpc::Channel>, kServers> channels_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point looked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::pipeline
