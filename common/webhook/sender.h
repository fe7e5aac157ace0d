#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/webhook/url.h"
#include "common/webhook/webhook.h"

namespace crm::webhook {

struct SenderOptions {
  UrlPolicy policy;
  absl::Duration timeout = absl::Seconds(10);  // from the first look-up to the last byte
  absl::Duration connect_timeout = absl::Seconds(5);
  std::string ca_file;  // of certificates to trust; empty: the system's
  size_t answer_limit = size_t{64} << 10;
  int kept_connections = 128;  // of those that nobody uses
};

// One POST.
struct Posting {
  uint64_t id = 0;
  std::string url;
  std::vector<std::string> headers;
  std::string body;
};

// What it came to.
struct Posted {
  uint64_t id = 0;
  Result result = Result::kNone;
  int http_status = 0;  // 0: no answer
  absl::Duration duration;
  std::optional<absl::Duration> retry_after = std::nullopt;  // as the receiver asks
};

// Makes any number of POSTs at once, on one thread of its own. Follows no redirects, uses no proxy,
// keeps no cookies, and looks at each address that a name stands for before it connects: so a name
// that stood for another address a moment before helps nobody. An answer counts when all of it has
// come.
class Sender {
 public:
  // `done` is called on the thread of the sender; it must not block.
  Sender(SenderOptions options, std::function<void(Posted)> done);
  ~Sender();  // cuts what is under way, untold
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Any thread. Blocks no longer than a lock.
  void Post(Posting posting);

 private:
  class Transfer;
  struct Multi;

  void Run();
  bool TakePosted();
  void Finish();

  const SenderOptions options_;
  const std::function<void(Posted)> done_;
  const std::unique_ptr<Multi> multi_;

  absl::Mutex mutex_;
  std::vector<Posting> posted_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::webhook
