#include "common/pg/watchdog.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <vector>

namespace crm::pg {
namespace {

using base::SteadyNow;
using base::SteadyTime;

// Two ends of a connection; `here` is watched.
class WatchdogTest : public ::testing::Test {
 protected:
  WatchdogTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    here_ = ends[0];
    there_ = ends[1];
    socket_ = std::make_unique<Watchdog::Socket>(watchdog_, here_);
  }
  ~WatchdogTest() override {
    socket_.reset();
    close(here_);
    close(there_);
  }
  // Blocks until somebody says or closes something.
  ssize_t Wait() {
    char byte;
    return read(here_, &byte, 1);
  }

  Watchdog watchdog_;
  int here_ = -1;
  int there_ = -1;
  std::unique_ptr<Watchdog::Socket> socket_;
};

TEST_F(WatchdogTest, EndsAWaitAtItsTime) {
  const SteadyTime end = SteadyNow() + absl::Milliseconds(30);
  socket_->Watch(end);
  EXPECT_EQ(Wait(), 0);
  EXPECT_GE(SteadyNow(), end);
  EXPECT_TRUE(socket_->Rest());
}

TEST_F(WatchdogTest, AnEarlierEndIsNotMissed) {
  Watchdog::Socket patient(watchdog_, there_);
  patient.Watch(SteadyNow() + absl::Hours(1));
  socket_->Watch(SteadyNow() + absl::Milliseconds(1));
  EXPECT_EQ(Wait(), 0);
  EXPECT_FALSE(patient.Rest());
}

TEST_F(WatchdogTest, LeavesAWaitAloneThatEndsInTime) {
  socket_->Watch(SteadyNow() + absl::Milliseconds(5));
  EXPECT_FALSE(socket_->Rest());
  socket_->Watch(SteadyNow() + absl::Hours(1));
  EXPECT_EQ(write(there_, "x", 1), 1);
  EXPECT_EQ(Wait(), 1);
  EXPECT_FALSE(socket_->Rest());
}

TEST_F(WatchdogTest, CutsAllOfThemForGood) {
  EXPECT_FALSE(watchdog_.cut_all());
  watchdog_.CutAll();
  EXPECT_EQ(Wait(), 0);
  EXPECT_TRUE(watchdog_.cut_all());
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  {
    Watchdog::Socket later(watchdog_, ends[0]);
    EXPECT_FALSE(later.Rest());
    later.Watch(SteadyNow() + absl::Hours(1));
    EXPECT_TRUE(later.Rest());
  }
  close(ends[0]);
  close(ends[1]);
}

TEST_F(WatchdogTest, SeesThatThePeerHasClosedEvenBehindItsLastWords) {
  EXPECT_FALSE(socket_->PeerClosed());
  EXPECT_EQ(write(there_, "x", 1), 1);
  EXPECT_FALSE(socket_->PeerClosed());
  shutdown(there_, SHUT_RDWR);
  EXPECT_TRUE(socket_->PeerClosed());
}

}  // namespace
}  // namespace crm::pg
