#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/uuid.h"

// Subscriptions by HTTP to a service's events (docs/webhooks.md).
namespace crm::webhook {

enum class State { kEnabled = 1, kDisabled = 2 };
inline constexpr base::EnumName<State> kStateNames[] = {{State::kEnabled, "ENABLED"},
                                                        {State::kDisabled, "DISABLED"}};

enum class DisableReason { kNone = 0, kRequested = 1, kFailing = 2, kGone = 3 };
inline constexpr base::EnumName<DisableReason> kDisableReasonNames[] = {
    {DisableReason::kNone, ""},
    {DisableReason::kRequested, "REQUESTED"},
    {DisableReason::kFailing, "FAILING"},
    {DisableReason::kGone, "GONE"}};

enum class DeliveryState { kPending = 1, kDelivered = 2, kGivenUp = 3 };
inline constexpr base::EnumName<DeliveryState> kDeliveryStateNames[] = {
    {DeliveryState::kPending, "PENDING"},
    {DeliveryState::kDelivered, "DELIVERED"},
    {DeliveryState::kGivenUp, "GIVEN_UP"}};

// What an attempt came to.
enum class Result {
  kNone = 0,
  kAccepted = 1,
  kRejected = 2,
  kTimedOut = 3,
  kHostUnknown = 4,
  kNotConnected = 5,
  kAddressRefused = 6,
  kTlsFailed = 7,
  kBrokenOff = 8,
  kAnswerUnusable = 9,
  kEventGone = 10,
};
inline constexpr base::EnumName<Result> kResultNames[] = {
    {Result::kNone, ""},
    {Result::kAccepted, "ACCEPTED"},
    {Result::kRejected, "REJECTED"},
    {Result::kTimedOut, "TIMED_OUT"},
    {Result::kHostUnknown, "HOST_UNKNOWN"},
    {Result::kNotConnected, "NOT_CONNECTED"},
    {Result::kAddressRefused, "ADDRESS_REFUSED"},
    {Result::kTlsFailed, "TLS_FAILED"},
    {Result::kBrokenOff, "BROKEN_OFF"},
    {Result::kAnswerUnusable, "ANSWER_UNUSABLE"},
    {Result::kEventGone, "EVENT_GONE"}};

// What may be known of a secret.
struct SigningKey {
  std::string hint;  // its last four characters
  absl::Time create_time;
  std::optional<absl::Time> expire_time;
};

// How far a webhook is in one partition of the log.
struct PartitionState {
  int64_t position = 0;
  int64_t last_sequence = 0;  // of the partition
  std::optional<absl::Time> failing_since;
  std::optional<absl::Time> last_success_time;
};

struct Webhook {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 1;
  absl::Time create_time;
  absl::Time update_time;
  std::string creator;
  std::string display_name;
  std::string url;
  // Which events are wanted; an empty list lets all through.
  std::vector<std::string> types;
  std::vector<std::string> subjects;
  std::vector<std::string> to_stages;
  State state = State::kEnabled;
  DisableReason disable_reason = DisableReason::kNone;
  std::optional<absl::Time> disable_time;
  std::vector<PartitionState> partitions;  // how far it is in each, from 0 on
  int64_t pending = 0;
  std::vector<SigningKey> keys;  // the current one first
};

// One event on its way to one webhook, or there.
struct Delivery {
  std::string tenant;
  base::Uuid webhook;
  base::Uuid id;  // the event's
  int partition = 0;
  int64_t sequence = 0;  // 0: a test
  std::string type;
  std::string subject;
  DeliveryState state = DeliveryState::kPending;
  int64_t attempts = 0;
  absl::Time create_time;
  std::optional<absl::Time> first_attempt_time;
  std::optional<absl::Time> last_attempt_time;
  std::optional<absl::Time> next_attempt_time;  // of pending ones
  Result last_result = Result::kNone;
  int64_t http_status = 0;  // 0: no answer
  int64_t duration_ms = 0;
};

// "webhooks/{uuid}".
inline constexpr absl::string_view kCollection = "webhooks";
std::string NameOf(const base::Uuid& id);

}  // namespace crm::webhook
