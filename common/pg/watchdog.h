#pragma once

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/base/steady_clock.h"
#include "common/base/steady_condition.h"

namespace crm::pg {

// Ends waits for servers that do not answer. libpq waits for as long as the socket is open, so one
// thread watches the sockets that somebody waits on and shuts them down at the end of their time,
// TCP and Unix sockets alike; the waiting call then fails. Thread-safe; costs a lock per wait.
class Watchdog {
 public:
  // The process's. Lives as long as the process.
  static Watchdog& Shared();

  Watchdog();
  ~Watchdog();  // after all its sockets
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // A connected socket that is watched now and then, by one thread at a time.
  class Socket {
   public:
    // Keeps a duplicate of `fd`, so that what is shut down is this socket even if libpq has closed
    // its own descriptor and somebody else got the number.
    Socket(Watchdog& watchdog, int fd);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // From now on the socket is shut down at `end`, or earlier by CutAll.
    void Watch(base::SteadyTime end);
    // Ends the watch. True if the socket was shut down, now or before.
    bool Rest();
    // Whether the server has closed its end. Asks the kernel only.
    bool PeerClosed() const;

   private:
    friend class Watchdog;
    void Cut();

    Watchdog& watchdog_;
    const int fd_;
    // Under the watchdog's mutex.
    base::SteadyTime end_ = base::SteadyTime::InfiniteFuture();
    bool cut_ = false;
  };

  // Nothing waits any more: shuts down every socket that is watched now or will be. For good.
  void CutAll();
  bool cut_all() const;

 private:
  void Run();

  mutable absl::Mutex mutex_;
  base::SteadyCondition changed_;
  std::vector<Socket*> sockets_ ABSL_GUARDED_BY(mutex_);
  // When the thread looks again. Most waits end long before their time, so it is rarely woken.
  base::SteadyTime next_look_ ABSL_GUARDED_BY(mutex_);
  bool cut_all_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::pg
