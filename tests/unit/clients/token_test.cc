#include "clients/cpp/token.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "clients/cpp/channels.h"
#include "tests/support/await.h"

namespace crm::client {
namespace {

Addresses At(const std::string& contact) { return {contact, "", ""}; }

class TokenTest : public ::testing::Test {
 protected:
  ~TokenTest() override { std::remove(file_.c_str()); }
  void Write(const std::string& text) const { std::ofstream(file_, std::ios::trunc) << text; }

  const std::string file_ = ::testing::TempDir() + "crm-token-" + std::to_string(getpid());
};

TEST_F(TokenTest, FollowsItsFileAndKeepsTheLastGoodOne) {
  Write("one.two.three\n");
  const auto token = Token::FromFile(file_);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ((*token)->Current(), "one.two.three");
  Write("");
  EXPECT_EQ((*token)->Current(), "one.two.three");
  Write("four.five.six");
  EXPECT_TRUE(
      testing::Await(absl::Seconds(30), [&] { return (*token)->Current() == "four.five.six"; }));
  std::remove(file_.c_str());
  EXPECT_EQ((*token)->Current(), "four.five.six");
}

TEST_F(TokenTest, WhatIsNoTokenIsRefused) {
  EXPECT_EQ(Token::FromFile(file_ + "-away").status().code(), absl::StatusCode::kNotFound);
  for (const char* text : {"", " \n", "a b", "a\nb", "\xc3\xa9"}) {
    EXPECT_EQ(Token::Fixed(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST_F(TokenTest, TravelsInPlainTextWithinTheMachineOnly) {
  Caller caller;
  caller.token = *Token::Fixed("a.b.c");
  const auto check = [&](const char* address, const auto& credentials) {
    return CheckTokenIsSafe(At(address), caller, credentials).ok();
  };
  for (const char* address : {"localhost:1", "127.0.0.1:1", "[::1]:1", "dns:///localhost:1",
                              "ipv4:127.0.0.1:1,127.0.0.1:2", "unix:/run/contact", ""}) {
    EXPECT_TRUE(check(address, nullptr)) << address;
  }
  for (const char* address : {"crm-contact:1", "dns:///crm-contact:1", "10.0.0.1:1",
                              "ipv4:127.0.0.1:1,10.0.0.1:2", "127.evil.example:1"}) {
    EXPECT_FALSE(check(address, nullptr)) << address;
    EXPECT_TRUE(check(address, grpc::SslCredentials({}))) << address;
    EXPECT_TRUE(CheckTokenIsSafe(At(address), Caller{}, nullptr).ok());
  }
}

}  // namespace
}  // namespace crm::client
