#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/lifecycle/drain.h"
#include "common/lifecycle/repeating.h"
#include "common/lifecycle/shutdown_signal.h"
#include "common/log/log.h"

namespace crm::lifecycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ShutdownSignal, WaitsForSigterm) {
  ShutdownSignal signal;
  EXPECT_FALSE(signal.Triggered());
  kill(getpid(), SIGTERM);
  EXPECT_EQ("SIGTERM", signal.Wait());
  EXPECT_TRUE(signal.Triggered());
}

TEST(ShutdownSignal, WaitsForSigint) {
  ShutdownSignal signal;
  kill(getpid(), SIGINT);
  EXPECT_EQ("SIGINT", signal.Wait());
}

TEST(ShutdownSignal, IsTriggeredByTheProgramToo) {
  ShutdownSignal signal;
  std::thread other([&] { signal.Trigger("the schema is too old"); });
  EXPECT_EQ("the schema is too old", signal.Wait());
  other.join();
  signal.Trigger("later");
  EXPECT_EQ("the schema is too old", signal.Wait());
}

TEST(ShutdownSignal, WaitingEndsAtItsLimit) {
  ShutdownSignal signal;
  EXPECT_FALSE(signal.WaitFor(absl::Milliseconds(1)));
  signal.Trigger("now");
  EXPECT_TRUE(signal.WaitFor(absl::Minutes(1)));
}

TEST(ShutdownSignal, IgnoresSigpipe) {
  ShutdownSignal signal;
  int ends[2];
  ASSERT_EQ(0, pipe(ends));
  close(ends[0]);
  EXPECT_EQ(-1, write(ends[1], "x", 1));
  EXPECT_EQ(EPIPE, errno);
  close(ends[1]);
}

TEST(ShutdownSignalDeathTest, ASecondSignalEndsTheProcessAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        ShutdownSignal signal;
        kill(getpid(), SIGTERM);
        signal.Wait();
        kill(getpid(), SIGTERM);
        for (;;) pause();
      },
      ::testing::ExitedWithCode(130), "");
}

TEST(EndAtOnceOnSignalDeathTest, TheCodeTellsTheSignal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const int number : {SIGTERM, SIGINT}) {
    EXPECT_EXIT(
        {
          EndAtOnceOnSignal();
          kill(getpid(), number);
          for (;;) pause();
        },
        ::testing::ExitedWithCode(128 + number), "");
  }
}

TEST(Repeating, TakesItsTurnsUntilItEnds) {
  std::atomic<int> turns{0};
  {
    absl::Notification third;
    Repeating repeating(
        [&] {
          if (++turns == 3) third.Notify();
          return absl::Milliseconds(1);
        },
        absl::ZeroDuration());
    third.WaitForNotification();
  }
  const int done = turns;
  EXPECT_GE(done, 3);
  {
    Repeating later([&] { return ++turns, absl::ZeroDuration(); }, absl::Hours(1));
  }
  EXPECT_EQ(turns, done);
}

constexpr DrainLimits kPatient{absl::Minutes(1)};

TEST(Drain, RunsItsStepsInOrderAndLogsEach) {
  std::vector<std::string> ran;
  std::string logged;
  log::Init("test", log::Level::kInfo,
            [&](absl::string_view line) { logged.append(line.data(), line.size()); });
  Drain drain(kPatient, [] { FAIL() << "in no hurry"; });
  drain.Add("stop listening", [&] { ran.push_back("one"); });
  drain.Add("close pools", [&] { ran.push_back("two"); });
  drain.Run();
  log::Init("-", log::Level::kInfo);
  EXPECT_THAT(ran, ElementsAre("one", "two"));
  EXPECT_THAT(logged, HasSubstr("stop listening"));
  EXPECT_THAT(logged, HasSubstr("close pools"));
}

TEST(Drain, AFailingStepDoesNotStopTheOthers) {
  bool ran = false;
  Drain drain(kPatient, [] {});
  drain.Add("fails", [] { throw std::runtime_error("no"); });
  drain.Add("runs", [&] { ran = true; });
  drain.Run();
  EXPECT_TRUE(ran);
}

TEST(Drain, StepsThatTakeTooLongAreHurried) {
  absl::Notification cut;
  Drain drain({absl::Milliseconds(20), absl::Minutes(1)}, [&] { cut.Notify(); });
  drain.Add("waits", [&] { cut.WaitForNotification(); });
  drain.Run();
}

void DrainFor(const std::function<void()>& step) {
  Drain drain({absl::Milliseconds(20), absl::Milliseconds(20)}, [] {});
  drain.Add("quick", [] {});
  drain.Add("slow", step);
  drain.Run();
  for (;;) pause();  // as a destructor might
}

TEST(DrainDeathTest, AStepThatHangsEndsTheProcessAndIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(DrainFor([] {
                for (;;) pause();
              }),
              ::testing::ExitedWithCode(Drain::kHung), "too long.*slow");
}

TEST(DrainDeathTest, SoDoesWhatHangsAfterTheSteps) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(DrainFor([] {}), ::testing::ExitedWithCode(Drain::kHung), "too long.*the rest");
}

TEST(DrainDeathTest, ALogThatHangsDoesNotKeepTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        log::Init("test", log::Level::kError, [](absl::string_view) {
          for (;;) pause();
        });
        DrainFor([] {
          for (;;) pause();
        });
      },
      ::testing::ExitedWithCode(Drain::kHung), "");
}

}  // namespace
}  // namespace crm::lifecycle
