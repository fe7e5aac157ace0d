#include "common/redis/connection.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/steady_clock.h"
#include "common/redis/script.h"
#include "common/redis/stream.h"
#include "tests/support/redis_server.h"
#include "tests/support/silent_server.h"

namespace crm::redis {
namespace {

class RedisConnection : public ::testing::Test {
 protected:
  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    options_.url = server_.Url();
    options_.command_timeout = absl::Milliseconds(300);
    auto opened = Connection::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    connection_ = *std::move(opened);
  }

  testing::RedisServer server_;
  ConnectionOptions options_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(RedisConnection, IsBinarySafe) {
  const std::string value("a\0b\r\n\xff", 6);
  ASSERT_TRUE(connection_->Run({"SET", "k", value}).ok());
  const auto reply = connection_->Run({"GET", "k"});
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->text(), value);
}

TEST_F(RedisConnection, TellsTheTypesOfReplies) {
  EXPECT_TRUE(connection_->Run({"GET", "none"})->IsNil());
  EXPECT_EQ(connection_->Run({"INCR", "n"})->integer(), 1);
  ASSERT_TRUE(connection_->Run({"RPUSH", "l", "a", "b"}).ok());
  const auto list = connection_->Run({"LRANGE", "l", "0", "-1"});
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[1].view(), "b");
  EXPECT_EQ(list->Field("a").view(), "b");
  EXPECT_TRUE(list->Field("c").IsNil());
}

TEST_F(RedisConnection, StaysUsableAfterAnErrorReply) {
  ASSERT_TRUE(connection_->Run({"SET", "k", "v"}).ok());
  const auto reply = connection_->Run({"LPUSH", "k", "v"});
  EXPECT_EQ(ErrorPrefix(reply.status()), "WRONGTYPE");
  EXPECT_FALSE(connection_->dead());
  EXPECT_TRUE(connection_->Run({"PING"}).ok());
}

TEST_F(RedisConnection, AnswersPipelinedCommandsInOrder) {
  for (const char* value : {"1", "2", "3"}) {
    const absl::string_view words[] = {"ECHO", value};
    connection_->Append(words);
  }
  ASSERT_TRUE(connection_->Flush().ok());
  for (const char* value : {"1", "2", "3"}) EXPECT_EQ(connection_->Receive()->view(), value);
  EXPECT_EQ(connection_->outstanding(), 0);
  EXPECT_FALSE(connection_->Receive().ok());
}

TEST_F(RedisConnection, IsDeadAfterATimeout) {
  server_.Pause();
  const base::SteadyTime begin = base::SteadyNow();
  EXPECT_EQ(connection_->Run({"PING"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(base::SteadyNow() - begin, absl::Seconds(2));
  server_.Resume();
  EXPECT_TRUE(connection_->dead());
  EXPECT_EQ(connection_->Run({"PING"}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisConnection, IsGivenUpWhereTheServerAcceptsAndSaysNothing) {
  const testing::SilentServer silent;
  for (const char* login : {"", ":password@"}) {
    options_.url = absl::StrCat("redis://", login, "127.0.0.1:", silent.port(), "/1");
    const base::SteadyTime begin = base::SteadyNow();
    EXPECT_EQ(Connection::Open(options_).status().code(), absl::StatusCode::kUnavailable);
    EXPECT_LT(base::SteadyNow() - begin, absl::Seconds(2));
  }
}

TEST_F(RedisConnection, IsMadeToAnIpv6Address) {
  testing::RedisServer server({.extra = {"bind 127.0.0.1 -::1"}});
  if (access("/proc/net/if_inet6", F_OK) != 0) GTEST_SKIP() << "no IPv6 here";
  options_.url = absl::StrCat("redis://[::1]:", server.port(), "/1");
  const auto connection = Connection::Open(options_);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_TRUE((*connection)->Run({"PING"}).ok());
}

TEST_F(RedisConnection, IsDeadAfterTheServerWent) {
  server_.Kill();
  EXPECT_EQ(connection_->Run({"PING"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(connection_->dead());
  EXPECT_EQ(Connection::Open(options_).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisConnection, AuthenticatesAndSelectsTheDatabase) {
  server_.Run({"ACL", "SETUSER", "analyst", "on", ">p@ss", "+@all", "~*"});
  ConnectionOptions options = options_;
  const std::string place = "127.0.0.1:" + std::to_string(server_.port());
  options.url = "redis://analyst:p%40ss@" + place + "/2";
  auto connection = Connection::Open(options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  ASSERT_TRUE((*connection)->Run({"SET", "only-in-2", "x"}).ok());
  EXPECT_TRUE(connection_->Run({"GET", "only-in-2"})->IsNil());
  options.url = "redis://analyst:wrong@" + place;
  EXPECT_EQ(Connection::Open(options).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(RedisConnection, RunsAScriptThatTheServerHasForgotten) {
  const Script script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  EXPECT_EQ(script.Run(*connection_, {"n"}, {"2"})->integer(), 2);
  EXPECT_EQ(script.Run(*connection_, {"n"}, {"3"})->integer(), 5);
  server_.Run({"SCRIPT", "FLUSH"});
  EXPECT_EQ(script.Run(*connection_, {"n"}, {"1"})->integer(), 6);
}

TEST_F(RedisConnection, ReadsAStreamFromAPosition) {
  EXPECT_FALSE(ReadStreamInfo(*connection_, "s")->exists);
  for (const char* id : {"5-1", "5-2", "7-3"}) {
    ASSERT_TRUE(connection_->Run({"XADD", "s", id, "name", id}).ok());
  }
  const auto info = ReadStreamInfo(*connection_, "s");
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->last_generated, (StreamId{7, 3}));
  EXPECT_EQ(info->last_entry->fields.Field("name").view(), "7-3");

  const auto entries = ReadStream(*connection_, "s", {5, 1}, 10, absl::ZeroDuration());
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].id, (StreamId{5, 2}));
  EXPECT_EQ((*entries)[1].fields.Field("name").view(), "7-3");
}

TEST_F(RedisConnection, WaitsForAStreamLongerThanACommandMayTake) {
  const absl::Duration block = 2 * options_.command_timeout;
  const auto entries = ReadStream(*connection_, "s", {0, 0}, 10, block);
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_TRUE(entries->empty());
  EXPECT_FALSE(connection_->dead());
}

TEST_F(RedisConnection, TellsAKeyOfAnotherKind) {
  ASSERT_TRUE(connection_->Run({"SET", "s", "x"}).ok());
  EXPECT_EQ(ErrorPrefix(ReadStreamInfo(*connection_, "s").status()), "WRONGTYPE");
}

TEST_F(RedisConnection, IsDeadOnceTheServerIsNoPrimary) {
  ASSERT_TRUE(connection_->Run({"SET", "k", "v"}).ok());
  EXPECT_TRUE(connection_->ConfirmPrimary().ok()) << "without Sentinels there is nobody to ask";
  ASSERT_EQ(server_.Run({"REPLICAOF", "127.0.0.1", "1"}), "OK");
  const auto reply = connection_->Run({"SET", "k", "w"});
  EXPECT_EQ(ErrorPrefix(reply.status()), "READONLY");
  EXPECT_EQ(reply.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(connection_->dead());
}

}  // namespace
}  // namespace crm::redis
