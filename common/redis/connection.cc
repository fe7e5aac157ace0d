#include "common/redis/connection.h"

#include <hiredis/hiredis.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/redis/cluster.h"
#include "common/redis/sentinel.h"

namespace crm::redis {
namespace {

// Sentinels that do not answer must not hold up who can work.
constexpr absl::Duration kConfirmInterval = absl::Seconds(5);
constexpr absl::Duration kConfirmRest = absl::Seconds(30);
constexpr absl::Duration kConfirmPatience = absl::Milliseconds(250);

// Words in the form that hiredis takes; kept per thread, since hot callers send thousands at a
// time.
struct Arguments {
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  void Set(absl::Span<const absl::string_view> source) {
    words.clear();
    sizes.clear();
    for (absl::string_view word : source) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
  }
};

}  // namespace

ConnectionOptions ForKey(ConnectionOptions options, std::string key) {
  options.key = std::move(key);
  return options;
}

void AppendWord(absl::string_view word, std::string& out) {
  absl::StrAppend(&out, "$", word.size(), "\r\n", word, "\r\n");
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  if (SentinelUrl::Is(options.url)) {
    CRM_ASSIGN_OR_RETURN(const SentinelUrl url, SentinelUrl::Parse(options.url));
    return OpenPrimary(url, options);
  }
  if (ClusterUrl::Is(options.url)) {
    CRM_ASSIGN_OR_RETURN(const ClusterUrl url, ClusterUrl::Parse(options.url));
    return OpenNode(url, options);
  }
  CRM_ASSIGN_OR_RETURN(const Address address, Address::Parse(options.url));
  return OpenAt(address, options);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenAt(const Address& address,
                                                               const ConnectionOptions& options) {
  redisContext* context = redisConnectWithTimeout(address.place.host.c_str(), address.place.port,
                                                  absl::ToTimeval(options.connect_timeout));
  if (context == nullptr) return absl::UnavailableError("Redis: out of memory");
  std::unique_ptr<Connection> connection(new Connection(options, address.place, context));
  if (connection->dead()) return connection->Broken();
  redisEnableKeepAlive(context);
  connection->SetCommandTimeout(options.command_timeout);
  if (!address.login.user.empty()) {
    CRM_RETURN_IF_ERROR(connection->Run({"AUTH", address.login.user, address.login.password}));
  } else if (!address.login.password.empty()) {
    CRM_RETURN_IF_ERROR(connection->Run({"AUTH", address.login.password}));
  }
  if (address.db != 0) CRM_RETURN_IF_ERROR(connection->Run({"SELECT", absl::StrCat(address.db)}));
  if (!options.client_name.empty()) {
    CRM_RETURN_IF_ERROR(connection->Run({"CLIENT", "SETNAME", options.client_name}));
  }
  return connection;
}

Connection::Connection(ConnectionOptions options, Place place, redisContext* context)
    : options_(std::move(options)),
      place_(std::move(place)),
      context_(context),
      timeout_(absl::ZeroDuration()),
      next_confirm_(base::SteadyNow() + kConfirmInterval) {}

Connection::~Connection() { redisFree(context_); }

bool Connection::dead() const { return context_->err != 0; }

absl::Status Connection::Broken() const {
  return absl::UnavailableError(absl::StrCat("Redis: ", context_->errstr));
}

absl::Status Connection::Kill(const char* why) {
  context_->err = REDIS_ERR_OTHER;
  std::snprintf(context_->errstr, sizeof(context_->errstr), "%s", why);
  return Broken();
}

absl::Status Connection::ConfirmPrimary() {
  if (dead()) return Broken();
  if (base::SteadyNow() < next_confirm_ || !SentinelUrl::Is(options_.url)) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const SentinelUrl url, SentinelUrl::Parse(options_.url));
  ConnectionOptions impatient = options_;
  impatient.connect_timeout = std::min(options_.connect_timeout, kConfirmPatience);
  impatient.command_timeout = std::min(options_.command_timeout, kConfirmPatience);
  const absl::StatusOr<Place> primary = FindPrimary(url, impatient);
  next_confirm_ = base::SteadyNow() + (primary.ok() ? kConfirmInterval : kConfirmRest);
  if (!primary.ok() || *primary == place_) return absl::OkStatus();  // nobody knows better
  return Kill("the Sentinels name another primary");
}

void Connection::SetCommandTimeout(absl::Duration timeout) {
  if (timeout == timeout_) return;
  timeout_ = timeout;
  redisSetTimeout(context_, absl::ToTimeval(timeout));
}

absl::StatusOr<Reply> Connection::Run(absl::Span<const absl::string_view> words) {
  Append(words);
  return Receive();
}

void Connection::Append(absl::Span<const absl::string_view> words) {
  thread_local Arguments arguments;
  arguments.Set(words);
  if (dead()) return;
  if (redisAppendCommandArgv(context_, static_cast<int>(words.size()), arguments.words.data(),
                             arguments.sizes.data()) == REDIS_OK) {
    ++outstanding_;
  }
}

absl::Status Connection::Write(int count, absl::string_view commands) {
  CRM_RETURN_IF_ERROR(Flush());
  outstanding_ += count;
  while (!commands.empty()) {
    // Waits, as the socket blocks, for the command timeout at most.
    const ssize_t written = write(context_->fd, commands.data(), commands.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Kill(std::strerror(errno));
    commands.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status Connection::Flush() {
  int done = 0;
  while (done == 0) {
    if (dead() || redisBufferWrite(context_, &done) != REDIS_OK) return Broken();
  }
  return absl::OkStatus();
}

absl::StatusOr<Reply> Connection::Receive() {
  if (dead()) return Broken();
  if (outstanding_ == 0) return absl::InternalError("Redis: no reply is outstanding");
  void* raw = nullptr;
  if (redisGetReply(context_, &raw) != REDIS_OK || raw == nullptr) {
    return context_->err == 0 ? Kill("no reply") : Broken();
  }
  --outstanding_;
  Reply reply(static_cast<redisReply*>(raw));
  if (reply.type() != Reply::Type::kError) return reply;
  const absl::Status status = StatusOfError(reply.view());
  const std::string prefix = ErrorPrefix(status);
  if (prefix == "READONLY") (void)Kill("the server is not the primary");
  if (prefix == "MOVED" || prefix == "ASK") (void)Kill("another node has the key");
  return status;
}

}  // namespace crm::redis
