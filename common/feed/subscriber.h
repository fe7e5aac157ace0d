#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/feed/stretch.h"

namespace crm::feed {

struct FromNow {};
struct After {
  int64_t sequence = 0;
};
struct Since {
  absl::Time time;
};
// Where a subscription begins: with what comes next, behind a sequence, with what was given its
// sequence then or later.
using Beginning = std::variant<FromNow, After, Since>;

class Feed;

// Whose subscription it is: one of a caller, of whom there is a limit, or of the process itself.
enum class Whose { kCallers, kOwn };

// One who is sent events. It is either with the feed or at work with what it was given, so its
// functions are called one at a time, on any thread. They must not block, and must not call the
// feed before they have returned.
class Subscriber {
 public:
  // `heartbeat`: how often it is told how far it is, if not as often as others.
  Subscriber(Interest interest, Beginning beginning,
             std::optional<absl::Duration> heartbeat = std::nullopt, Whose whose = Whose::kCallers)
      : interest_(std::move(interest)),
        beginning_(std::move(beginning)),
        heartbeat_(heartbeat),
        whose_(whose) {}
  virtual ~Subscriber() = default;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Sends this; when that has gone out, calls Feed::Next.
  virtual void Take(Stretch stretch) = 0;
  // Nothing comes any more; the last call but Abort.
  virtual void End(absl::Status status) = 0;
  // Gives up what is under way, whoever has the subscriber.
  virtual void Abort() = 0;

 private:
  friend class Feed;

  enum class Place { kAway, kIdle, kQueued };

  // The feed's own, guarded by its mutex; but for `cancelled_` only while it has the subscriber.
  const Interest interest_;
  const Beginning beginning_;
  const std::optional<absl::Duration> heartbeat_;
  const Whose whose_;
  bool opened_ = false;
  bool cancelled_ = false;
  Place place_ = Place::kAway;
  Progress progress_;
  base::SteadyTime next_beat_ = base::SteadyTime::InfinitePast();
};

}  // namespace crm::feed
