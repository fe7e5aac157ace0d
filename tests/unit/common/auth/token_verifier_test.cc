#include "common/auth/token_verifier.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "tests/support/await.h"
#include "tests/support/token_issuer.h"

namespace crm::auth {
namespace {

using testing::Await;
using testing::Jwks;
using testing::SigningKey;
using testing::Token;

const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);

const SigningKey& OldKey() {
  static const auto* const key = new SigningKey("ES256", "old");
  return *key;
}
const SigningKey& NewKey() {
  static const auto* const key = new SigningKey("ES256", "new");
  return *key;
}

class TokenVerifierTest : public ::testing::Test {
 protected:
  TokenVerifierTest() { Write(Jwks({&OldKey()})); }
  ~TokenVerifierTest() override { std::remove(path_.c_str()); }

  // As a volume's files change: whole, by a rename.
  void Write(const std::string& text) {
    const std::string fresh = path_ + ".new";
    std::ofstream(fresh) << text;
    ASSERT_EQ(std::rename(fresh.c_str(), path_.c_str()), 0);
  }

  std::string Outcome(const std::string& token, absl::Time now = kStart) {
    const auto verdict = verifier_.Verify(token, now);
    if (const auto* failed = std::get_if<TokenCheck>(&verdict)) {
      return std::string(base::NameOf(kTokenCheckNames, *failed));
    }
    return std::get<0>(verdict)->actor;
  }

  double Counted(const char* name) { return metrics_.GetCounter(name, "").Value(); }

  static std::string TokenOf(const SigningKey& key, const std::string& actor) {
    return Token(key, testing::Claims("acme", actor, "crm.leads.read", kStart));
  }

  const std::string path_ = ::testing::TempDir() + "/jwks-" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
  metrics::Registry metrics_;
  TokenVerifier verifier_{{.jwks_file = path_,
                           .claims = {testing::kIssuer, testing::kAudience, "crm_tenant", "sub"},
                           .reread = absl::Milliseconds(10)},
                          metrics_};
};

TEST_F(TokenVerifierTest, ASignatureIsComputedOnce) {
  ASSERT_TRUE(verifier_.Start().ok());
  const std::string token = TokenOf(OldKey(), "agent-7");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Outcome(token), "agent-7");
  EXPECT_EQ(Counted("crm_token_signatures_total"), 1);
}

TEST_F(TokenVerifierTest, WhatIsRememberedExpires) {
  ASSERT_TRUE(verifier_.Start().ok());
  const std::string token = TokenOf(OldKey(), "agent-7");
  EXPECT_EQ(Outcome(token), "agent-7");
  EXPECT_EQ(Outcome(token, kStart + absl::Minutes(61)), "expired");
  EXPECT_EQ(Outcome(token, kStart - absl::Minutes(3)), "not_yet_valid");
}

TEST_F(TokenVerifierTest, KeysAreExchangedWithoutARestart) {
  ASSERT_TRUE(verifier_.Start().ok());
  const std::string by_old = TokenOf(OldKey(), "agent-1");
  const std::string by_new = TokenOf(NewKey(), "agent-2");
  EXPECT_EQ(Outcome(by_old), "agent-1");
  EXPECT_EQ(Outcome(by_new), "key");
  Write(Jwks({&OldKey(), &NewKey()}));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Outcome(by_new) == "agent-2"; }));
  EXPECT_EQ(Outcome(by_old), "agent-1");
  Write(Jwks({&NewKey()}));
  // Also where it was remembered.
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Outcome(by_old) == "key"; }));
  EXPECT_EQ(Outcome(by_new), "agent-2");
}

TEST_F(TokenVerifierTest, AFileThatCannotBeUsedLeavesTheKeys) {
  ASSERT_TRUE(verifier_.Start().ok());
  const std::string token = TokenOf(OldKey(), "agent-7");
  EXPECT_EQ(Outcome(token), "agent-7");
  Write("{");
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Counted("crm_jwks_failures_total") > 0; }));
  EXPECT_EQ(Outcome(token), "agent-7");
  std::remove(path_.c_str());
  const double before = Counted("crm_jwks_failures_total");
  EXPECT_TRUE(
      Await(absl::Seconds(20), [&] { return Counted("crm_jwks_failures_total") > before + 1; }));
  EXPECT_EQ(Outcome(token), "agent-7");
}

TEST_F(TokenVerifierTest, WithoutKeysItDoesNotStart) {
  Write("{}");
  EXPECT_EQ(verifier_.Start().code(), absl::StatusCode::kInvalidArgument);
  std::remove(path_.c_str());
  EXPECT_EQ(verifier_.Start().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace crm::auth
