#include "common/serving/liveness.h"

#include <utility>

#include "common/log/log.h"

namespace crm::serving {

Liveness::Liveness(std::function<absl::Duration()> longest_run, std::function<void(bool)> tell,
                   absl::Duration limit, absl::Duration pause)
    : longest_run_(std::move(longest_run)),
      tell_(std::move(tell)),
      limit_(limit),
      thread_(
          [this, pause] {
            Look();
            return pause;
          },
          pause) {}

void Liveness::Look() {
  const absl::Duration longest = longest_run_();
  if ((longest <= limit_) == alive_) return;
  alive_ = !alive_;
  if (alive_) {
    log::Info("the workers make progress again");
  } else {
    log::Error("a worker hangs; only a restart helps", {{"seconds", longest}});
  }
  tell_(alive_);
}

}  // namespace crm::serving
