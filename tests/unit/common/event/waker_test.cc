#include "common/event/waker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace crm::event {
namespace {

using base::SteadyNow;
using base::SteadyTime;

TEST(Waker, WaitsForItsLimit) {
  Waker waker;
  const SteadyTime begin = SteadyNow();
  waker.Wait(absl::Milliseconds(20));
  EXPECT_GE(SteadyNow() - begin, absl::Milliseconds(20));
  waker.Rest(SteadyTime::InfinitePast());
}

TEST(Waker, KeepsAPokeForTheNextWait) {
  Waker waker;
  waker.Poke();
  waker.Poke();
  waker.Wait(absl::InfiniteDuration());
  const SteadyTime begin = SteadyNow();
  waker.Wait(absl::Milliseconds(20));
  EXPECT_GE(SteadyNow() - begin, absl::Milliseconds(20)) << "one wait forgets all pokes before it";
}

TEST(Waker, APokeEndsAWaitThatIsUnderWay) {
  Waker waker;
  std::thread other([&] { waker.Poke(); });
  waker.Wait(absl::InfiniteDuration());
  other.join();
  EXPECT_FALSE(waker.stopping());
}

TEST(Waker, APokeDoesNotEndARest) {
  Waker waker;
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) waker.Poke();
  });
  const SteadyTime until = SteadyNow() + absl::Milliseconds(30);
  waker.Rest(until);
  EXPECT_GE(SteadyNow(), until);
  done = true;
  other.join();
}

TEST(Waker, TheStopEndsEverything) {
  Waker waker;
  std::thread other([&] { waker.Stop(); });
  waker.Rest(SteadyTime::InfiniteFuture());
  other.join();
  EXPECT_TRUE(waker.stopping());
  waker.Wait(absl::InfiniteDuration());
  waker.Rest(SteadyTime::InfiniteFuture());
}

}  // namespace
}  // namespace crm::event
