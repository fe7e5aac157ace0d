#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace crm::testing {

// A receiver of webhooks on a loopback port, as good or as bad as a test wants it. It answers each
// request by what `behave` says of it, on a thread for each connection.
class WebhookReceiver {
 public:
  struct Request {
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;

    std::string Header(const std::string& name) const;
  };
  // What is done with a request. By default it is answered 200 at once.
  struct Reply {
    int status = 200;
    std::string headers = {};                      // further ones, each with its line's end
    std::string raw = {};                          // instead of an answer of HTTP
    size_t body = 0;                               // bytes
    absl::Duration before = absl::ZeroDuration();  // pause
    bool hangs = false;                            // says nothing more until the receiver goes
    bool closes = false;                           // without an answer
    bool drips = false;                            // a byte of the answer each 50 ms, for ever
  };
  using Behaviour = std::function<Reply(const Request&)>;

  explicit WebhookReceiver(Behaviour behave = nullptr);
  ~WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;

  int port() const { return port_; }
  // "http://127.0.0.1:<port>/hook".
  std::string url() const;
  void Behave(Behaviour behave);

  // Those that have come in whole, in the order in which they did.
  std::vector<Request> requests() const;
  size_t count() const;
  // The most that were open at the same time.
  int most_at_once() const;

 private:
  void Accept();
  void Serve(int connection);
  bool Answer(int connection, const Request& request);
  bool Rest(absl::Duration pause);

  int port_ = 0;
  const int fd_;
  mutable absl::Mutex mutex_;
  Behaviour behave_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> serving_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> connections_ ABSL_GUARDED_BY(mutex_);
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_open_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread accepting_;
};

}  // namespace crm::testing
