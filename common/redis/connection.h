#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/redis/address.h"
#include "common/redis/reply.h"

struct redisContext;

namespace crm::redis {

struct ConnectionOptions {
  std::string url;  // see Address, SentinelUrl and ClusterUrl
  // What is asked about: the node of a cluster that has this key is connected to.
  std::string key = {};
  absl::Duration connect_timeout = absl::Seconds(1);
  absl::Duration command_timeout = absl::Seconds(2);
  std::string client_name = {};  // seen in CLIENT LIST; no spaces
};

// The same for what is asked about this key.
ConnectionOptions ForKey(ConnectionOptions options, std::string key);

// Appends `word` to `out` in the form in which the words of a command are sent.
void AppendWord(absl::string_view word, std::string& out);

// One connection to Redis, used by one thread at a time; calls block at most for the timeouts.
// After a timeout or a broken socket, and after a server said that it is not the primary
// (READONLY) or that another node has the key (MOVED, ASK), it is dead for good: its owner makes a
// new one, which finds the primary, or the node. The process must ignore SIGPIPE. Words are sent as
// they are, binary-safe.
//
// Errors: what StatusOfError gives for an error reply (the connection stays usable); UNAVAILABLE
// when the server cannot be reached, did not answer in time or the connection is dead.
class Connection {
 public:
  // Connects, authenticates and selects the database; where the URL names Sentinels, at the server
  // that is the primary now (see OpenPrimary), and in a cluster at the node that has the key (see
  // OpenNode).
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  // The same at this address, whatever the URL says.
  static absl::StatusOr<std::unique_ptr<Connection>> OpenAt(const Address& address,
                                                            const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One command, one round trip. Not while pipelined replies are outstanding.
  absl::StatusOr<Reply> Run(absl::Span<const absl::string_view> words);
  absl::StatusOr<Reply> Run(std::initializer_list<absl::string_view> words) {
    return Run(absl::MakeConstSpan(words.begin(), words.size()));
  }

  // Pipelining: Append queues a command, Flush writes what is queued without waiting for answers,
  // Receive returns the oldest outstanding answer (and flushes first).
  void Append(absl::Span<const absl::string_view> words);
  void Append(std::initializer_list<absl::string_view> words) {
    Append(absl::MakeConstSpan(words.begin(), words.size()));
  }
  // Writes what is queued and, behind it, `count` commands in the form in which they are sent. What
  // is long is not copied once more.
  absl::Status Write(int count, absl::string_view commands);
  absl::Status Flush();
  absl::StatusOr<Reply> Receive();
  int outstanding() const { return outstanding_; }

  // Changes how long a reply may take from now on.
  void SetCommandTimeout(absl::Duration timeout);
  absl::Duration command_timeout() const { return options_.command_timeout; }

  bool dead() const;

  // Asks the Sentinels, if there are any, but every five seconds at most, whether the server is
  // still the primary: one that is cut off from all others would not know. If they name another
  // one, the connection is dead (UNAVAILABLE). Blocks for half a second and Sentinel at most. Not
  // while pipelined replies are outstanding.
  absl::Status ConfirmPrimary();

 private:
  Connection(ConnectionOptions options, Place place, redisContext* context);
  absl::Status Kill(const char* why);
  absl::Status Broken() const;

  const ConnectionOptions options_;
  const Place place_;
  redisContext* const context_;
  absl::Duration timeout_;
  int outstanding_ = 0;
  base::SteadyTime next_confirm_;
};

}  // namespace crm::redis
