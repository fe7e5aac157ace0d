#include "tests/support/redis_server.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/support/await.h"
#include "tests/support/leaks.h"

namespace crm::testing {
namespace {

std::string TextOf(const redisReply* reply) {
  switch (reply->type) {
    case REDIS_REPLY_INTEGER:
      return absl::StrCat(reply->integer);
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_ERROR:
      return absl::StrCat("ERROR ", absl::string_view(reply->str, reply->len));
    case REDIS_REPLY_ARRAY: {
      std::string text;
      for (size_t i = 0; i < reply->elements; ++i) {
        absl::StrAppend(&text, i > 0 ? "\n" : "", TextOf(reply->element[i]));
      }
      return text;
    }
    default:
      return std::string(reply->str, reply->len);
  }
}

}  // namespace

RedisServer::RedisServer(RedisOptions options)
    : options_(std::move(options)), folder_(std::make_unique<ServerFolder>("redis", "server.pid")) {
  Watch(*this);
  Start();
}

RedisServer::~RedisServer() {
  Leave(*this);
  Kill();
}

RedisServer& RedisServer::Shared() {
  static RedisServer server;
  return server;
}

std::string RedisServer::Url() const { return absl::StrCat("redis://127.0.0.1:", port_, "/0"); }

void RedisServer::Start(const std::vector<std::string>& more) {
  const bool first = port_ == 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (port_ == 0) port_ = FreePort();
    const std::string settings = folder() + "/server.conf";
    {
      std::ofstream file(settings);
      file << "bind 127.0.0.1\nport " << port_ << "\ndir " << folder() << "\npidfile " << folder()
           << "/server.pid\nlogfile " << folder() << "/server.log\n";
      if (!options_.sentinel) {
        file << "save \"\"\nmaxmemory-policy noeviction\nappendonly "
             << (options_.appendonly ? "yes" : "no") << "\n";
      }
      for (const std::string& line : options_.extra) file << line << "\n";
      for (const std::string& line : more) file << line << "\n";
    }
    chmod(settings.c_str(), 0666);  // Sentinels write into theirs
    std::vector<std::string> command = {"redis-server", settings};
    if (options_.sentinel) command.push_back("--sentinel");
    pid_ = StartProcess(command, folder() + "/output.log");
    if (Await(absl::Seconds(10), [&] { return Run({"PING"}) == "PONG"; })) return;
    Kill();
    if (!first) break;
    port_ = 0;  // somebody else took the port in between
  }
  Abort("redis-server does not start");
}

void RedisServer::Kill() {
  if (pid_ < 0) return;
  paused_ = false;
  kill(pid_, SIGKILL);
  WaitForProcess(pid_);
  pid_ = -1;
}

void RedisServer::Restart() {
  Kill();
  Start();
}

void RedisServer::Pause() {
  paused_ = true;
  kill(pid_, SIGSTOP);
}
void RedisServer::Resume() {
  paused_ = false;
  kill(pid_, SIGCONT);
}

std::string RedisServer::Dump() {
  if (pid_ < 0 || paused_ || options_.sentinel) return "";
  if (Run({"CONFIG", "SET", "rdbcompression", "no"}) != "OK" || Run({"SAVE"}) != "OK") return "";
  std::ifstream file(folder() + "/dump.rdb", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string RedisServer::Run(const std::vector<std::string>& command) {
  redisContext* context = redisConnectWithTimeout("127.0.0.1", port_, {2, 0});
  if (context == nullptr || context->err != 0) {
    redisFree(context);
    return "ERROR no connection";
  }
  redisSetTimeout(context, {5, 0});
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  auto* reply = static_cast<redisReply*>(
      redisCommandArgv(context, static_cast<int>(words.size()), words.data(), sizes.data()));
  const std::string text = reply == nullptr ? "ERROR no reply" : TextOf(reply);
  if (reply != nullptr) freeReplyObject(reply);
  redisFree(context);
  return text;
}

}  // namespace crm::testing
