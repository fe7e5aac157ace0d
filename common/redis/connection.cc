#include "common/redis/connection.h"

#include <hiredis/hiredis.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

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

void AppendWord(absl::string_view word, std::string& out) {
  absl::StrAppend(&out, "$", word.size(), "\r\n", word, "\r\n");
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  CRM_ASSIGN_OR_RETURN(const Address address, Address::Parse(options.url));
  redisContext* context = redisConnectWithTimeout(address.host.c_str(), address.port,
                                                  absl::ToTimeval(options.connect_timeout));
  if (context == nullptr) return absl::UnavailableError("Redis: out of memory");
  std::unique_ptr<Connection> connection(new Connection(options, context));
  if (connection->dead()) return connection->Broken();
  redisEnableKeepAlive(context);
  connection->SetCommandTimeout(options.command_timeout);
  if (!address.user.empty()) {
    CRM_RETURN_IF_ERROR(connection->Run({"AUTH", address.user, address.password}));
  } else if (!address.password.empty()) {
    CRM_RETURN_IF_ERROR(connection->Run({"AUTH", address.password}));
  }
  if (address.db != 0) CRM_RETURN_IF_ERROR(connection->Run({"SELECT", absl::StrCat(address.db)}));
  if (!options.client_name.empty()) {
    CRM_RETURN_IF_ERROR(connection->Run({"CLIENT", "SETNAME", options.client_name}));
  }
  return connection;
}

Connection::Connection(ConnectionOptions options, redisContext* context)
    : options_(std::move(options)), context_(context), timeout_(absl::ZeroDuration()) {}

Connection::~Connection() { redisFree(context_); }

bool Connection::dead() const { return context_->err != 0; }

absl::Status Connection::Broken() const {
  return absl::UnavailableError(absl::StrCat("Redis: ", context_->errstr));
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

void Connection::AppendCommand(std::initializer_list<absl::string_view> first, size_t count,
                               absl::string_view rest) {
  if (dead()) return;
  std::string head = absl::StrCat("*", first.size() + count, "\r\n");
  for (const absl::string_view word : first) AppendWord(word, head);
  if (redisAppendFormattedCommand(context_, head.data(), head.size()) == REDIS_OK &&
      redisAppendFormattedCommand(context_, rest.data(), rest.size()) == REDIS_OK) {
    ++outstanding_;
  }
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
    if (context_->err == 0) context_->err = REDIS_ERR_OTHER;
    return Broken();
  }
  --outstanding_;
  Reply reply(static_cast<redisReply*>(raw));
  if (reply.type() == Reply::Type::kError) return StatusOfError(reply.view());
  return reply;
}

}  // namespace crm::redis
