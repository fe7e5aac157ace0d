#include "common/pg/watchdog.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace crm::pg {

using base::SteadyNow;
using base::SteadyTime;

Watchdog& Watchdog::Shared() {
  static auto* const watchdog = new Watchdog();
  return *watchdog;
}

Watchdog::Watchdog() : thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.Signal();
  }
  thread_.join();
}

void Watchdog::Run() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    const SteadyTime now = SteadyNow();
    next_look_ = SteadyTime::InfiniteFuture();
    for (Socket* socket : sockets_) {
      if (socket->end_ <= now) socket->Cut();
      next_look_ = std::min(next_look_, socket->end_);
    }
    changed_.WaitUntil(mutex_, next_look_);
  }
}

void Watchdog::CutAll() {
  absl::MutexLock lock(&mutex_);
  cut_all_ = true;
  for (Socket* socket : sockets_) socket->Cut();
}

bool Watchdog::cut_all() const {
  absl::MutexLock lock(&mutex_);
  return cut_all_;
}

Watchdog::Socket::Socket(Watchdog& watchdog, int fd)
    : watchdog_(watchdog), fd_(fcntl(fd, F_DUPFD_CLOEXEC, 0)) {
  absl::MutexLock lock(&watchdog_.mutex_);
  watchdog_.sockets_.push_back(this);
}

Watchdog::Socket::~Socket() {
  {
    absl::MutexLock lock(&watchdog_.mutex_);
    auto& sockets = watchdog_.sockets_;
    sockets.erase(std::find(sockets.begin(), sockets.end(), this));
  }
  close(fd_);
}

void Watchdog::Socket::Watch(SteadyTime end) {
  absl::MutexLock lock(&watchdog_.mutex_);
  if (watchdog_.cut_all_) return Cut();
  end_ = end;
  if (end >= watchdog_.next_look_) return;
  watchdog_.next_look_ = end;
  watchdog_.changed_.Signal();
}

bool Watchdog::Socket::Rest() {
  absl::MutexLock lock(&watchdog_.mutex_);
  end_ = SteadyTime::InfiniteFuture();
  return cut_;
}

bool Watchdog::Socket::PeerClosed() const {
  pollfd state{fd_, POLLRDHUP, 0};
  return poll(&state, 1, 0) != 0;
}

void Watchdog::Socket::Cut() {
  shutdown(fd_, SHUT_RDWR);
  cut_ = true;
  end_ = SteadyTime::InfiniteFuture();
}

}  // namespace crm::pg
