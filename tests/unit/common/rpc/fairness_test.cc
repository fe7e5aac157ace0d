// One tenant at ten times its rate, in simulated time: the executor and the limits are the real
// ones, what a batch takes and when calls come is made up. So the figures are the same on every
// machine.

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <deque>
#include <random>
#include <vector>

#include "common/rpc/executor.h"
#include "common/rpc/tenant_limits.h"

namespace crm::rpc {
namespace {

constexpr int kTenants = 5;  // the first is the one that floods
constexpr double kRate = 1500;
constexpr double kMayCall = 1.25;  // times its rate: tenants call in swarms, not in step
constexpr double kSeconds = 2;
constexpr size_t kFullBatch = 64;

// A batch of 64 takes 4.2 ms: the lane does 15,000 calls a second at most.
absl::Duration TimeOf(size_t calls) {
  return absl::Milliseconds(1) + static_cast<int64_t>(calls) * absl::Microseconds(50);
}

struct Arrival : QueuedCall {
  int tenant = 0;
};

struct Setting {
  double flood = 1;  // times its rate
  bool fair = true;
  bool limited = true;
};

struct Outcome {
  double p99_millis = 0;  // of the others
  int refused = 0;        // theirs
};

// One worker that goes through the arrivals on its own thread: while a batch runs, time passes, and
// the calls that come meanwhile are submitted.
class Simulation final : public CallQueue {
 public:
  explicit Simulation(const Setting& setting)
      : CallQueue(Lane::kWrite, kFullBatch),
        limits_({.rate = setting.limited ? static_cast<int64_t>(kMayCall * kRate) : 0,
                 .burst = static_cast<int64_t>(kRate / 10)}),
        executor_({.write_workers = 1, .max_wait = absl::InfiniteDuration(), .fair = setting.fair},
                  [this] { return now_; }) {
    for (int tenant = 0; tenant < kTenants; ++tenant) {
      Arrive(tenant, tenant == 0 ? setting.flood * kRate : kRate);
    }
    std::sort(arrivals_.begin(), arrivals_.end(),
              [](const Arrival* a, const Arrival* b) { return a->arrival < b->arrival; });
  }

  Outcome Go() {
    SubmitNext();
    done_.WaitForNotification();
    executor_.Stop();
    std::sort(millis_.begin(), millis_.end());
    return {millis_[millis_.size() * 99 / 100], refused_};
  }

 private:
  void Arrive(int tenant, double rate) {
    std::mt19937_64 random(static_cast<uint64_t>(tenant));
    double seconds = 0;
    while (true) {
      const double uniform = (static_cast<double>(random() >> 11) + 1) / 9007199254740993.0;
      seconds -= std::log(uniform) / rate;
      if (seconds > kSeconds) return;
      Arrival& call = calls_.emplace_back();
      call.tenant = tenant;
      call.arrival = start_ + absl::Seconds(seconds);
      arrivals_.push_back(&call);
    }
  }

  void SubmitNext() {
    Arrival& call = *arrivals_[next_++];
    now_ = std::max(now_, call.arrival);
    const std::string tenant = absl::StrCat(call.tenant);
    Refusal refusal;
    if (limits_.Enter(tenant, call.arrival) || !executor_.Submit(*this, tenant, &call, &refusal)) {
      if (call.tenant != 0) ++refused_;
    }
  }

  void Run(absl::Span<QueuedCall* const> calls, base::SteadyTime) override {
    now_ = now_ + TimeOf(calls.size());
    for (const QueuedCall* call : calls) {
      if (static_cast<const Arrival*>(call)->tenant == 0) continue;
      millis_.push_back(absl::ToDoubleMilliseconds(now_ - call->arrival));
    }
    const auto more = [this] { return next_ < arrivals_.size(); };
    while (more() && arrivals_[next_]->arrival <= now_) SubmitNext();
    while (more() && executor_.Queued(Lane::kWrite) == 0) SubmitNext();
    if (!more() && executor_.Queued(Lane::kWrite) == 0) done_.Notify();
  }
  void Refuse(QueuedCall*, Refusal) override { ADD_FAILURE() << "refused after it was taken"; }

  const base::SteadyTime start_ = base::SteadyNow();
  base::SteadyTime now_ = start_;
  std::deque<Arrival> calls_;
  std::vector<Arrival*> arrivals_;
  size_t next_ = 0;
  std::vector<double> millis_;
  int refused_ = 0;
  absl::Notification done_;
  TenantLimits limits_;
  Executor executor_;
};

Outcome Simulate(const Setting& setting) { return Simulation(setting).Go(); }

// What is promised to the others.
bool IsKept(const Outcome& before, const Outcome& flooded) {
  return flooded.refused == 0 && flooded.p99_millis <= 1.5 * before.p99_millis;
}

TEST(FairnessTest, OneTenantAtTenTimesItsRateLeavesTheOthersAsTheyWere) {
  const Outcome before = Simulate({.flood = 1});
  const Outcome flooded = Simulate({.flood = 10});
  EXPECT_EQ(before.refused, 0);
  EXPECT_TRUE(IsKept(before, flooded)) << before.p99_millis << " ms before, " << flooded.p99_millis
                                       << " ms and " << flooded.refused << " refused in the flood";
}

TEST(FairnessTest, TurnsAloneKeepTheOthersWaitingForNoMoreThanABatchBeforeTheirOwn) {
  const Outcome flooded = Simulate({.flood = 10, .limited = false});
  EXPECT_EQ(flooded.refused, 0);
  EXPECT_LE(flooded.p99_millis, absl::ToDoubleMilliseconds(2 * TimeOf(kFullBatch)));
}

// The known-bad variant.
TEST(FairnessTest, WithoutTurnsAndLimitsTheOthersSuffer) {
  const Outcome before = Simulate({.flood = 1, .fair = false, .limited = false});
  const Outcome flooded = Simulate({.flood = 10, .fair = false, .limited = false});
  EXPECT_EQ(before.refused, 0);
  EXPECT_FALSE(IsKept(before, flooded));
  EXPECT_GT(flooded.refused, 0);
  EXPECT_GT(flooded.p99_millis, 10 * before.p99_millis);
}

}  // namespace
}  // namespace crm::rpc
