#include "common/redis/connection.h"

#include <hiredis/hiredis.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

bool DecodePercent(absl::string_view text, std::string* out) {
  out->clear();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out->push_back(text[i]);
      continue;
    }
    int value = 0;
    if (i + 2 >= text.size() || !absl::SimpleHexAtoi(text.substr(i + 1, 2), &value)) return false;
    out->push_back(static_cast<char>(value));
    i += 2;
  }
  return true;
}

absl::Status Refused() { return absl::InvalidArgumentError("not a redis:// URL"); }

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

absl::StatusOr<Address> Address::Parse(absl::string_view url) {
  Address address;
  if (!absl::StartsWith(url, "redis://")) return Refused();
  url.remove_prefix(8);
  if (const size_t at = url.rfind('@'); at != absl::string_view::npos) {
    const absl::string_view login = url.substr(0, at);
    const size_t colon = login.find(':');
    if (colon == absl::string_view::npos) return Refused();
    if (!DecodePercent(login.substr(0, colon), &address.user)) return Refused();
    if (!DecodePercent(login.substr(colon + 1), &address.password)) return Refused();
    url.remove_prefix(at + 1);
  }
  if (const size_t slash = url.find('/'); slash != absl::string_view::npos) {
    const absl::string_view db = url.substr(slash + 1);
    if (!db.empty() && (!absl::SimpleAtoi(db, &address.db) || address.db < 0)) return Refused();
    url = url.substr(0, slash);
  }
  if (const size_t colon = url.rfind(':'); colon != absl::string_view::npos) {
    if (!absl::SimpleAtoi(url.substr(colon + 1), &address.port)) return Refused();
    url = url.substr(0, colon);
  }
  if (url.empty() || address.port < 1 || address.port > 65535) return Refused();
  address.host = std::string(url);
  return address;
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
