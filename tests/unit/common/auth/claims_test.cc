#include "common/auth/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/token_issuer.h"

namespace crm::auth {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

ClaimRules Rules() { return {testing::kIssuer, testing::kAudience, "crm_tenant", "sub"}; }

json Good() { return testing::Claims("acme", "agent-7", "crm.leads.read", kNow); }

std::string Reading(const std::string& payload, Caller* caller = nullptr) {
  Caller ignored;
  const auto failed = ReadClaims(payload, Rules(), kNow, caller ? *caller : ignored);
  return failed ? std::string(base::NameOf(kTokenCheckNames, *failed)) : "ok";
}

std::string With(const char* name, const json& value) {
  json claims = Good();
  claims[name] = value;
  return Reading(claims.dump());
}
std::string Without(const char* name) {
  json claims = Good();
  claims.erase(name);
  return Reading(claims.dump());
}
int64_t At(absl::Duration offset) { return absl::ToUnixSeconds(kNow + offset); }

TEST(ClaimsTest, GoodOnesAreTheCaller) {
  Caller caller;
  ASSERT_EQ(Reading(Good().dump(), &caller), "ok");
  EXPECT_EQ(caller.tenant, "acme");
  EXPECT_EQ(caller.actor, "agent-7");
  EXPECT_THAT(caller.scopes, ElementsAre("crm.leads.read"));
  EXPECT_EQ(caller.expires, kNow + absl::Hours(1));
}

TEST(ClaimsTest, EachIsChecked) {
  EXPECT_EQ(With("exp", At(-absl::Seconds(60))), "expired");
  EXPECT_EQ(With("exp", At(-absl::Seconds(59))), "ok");
  EXPECT_EQ(Without("exp"), "expired");
  EXPECT_EQ(With("exp", "tomorrow"), "expired");
  EXPECT_EQ(With("exp", 1e300), "expired");
  EXPECT_EQ(With("exp", nullptr), "expired");
  EXPECT_EQ(With("exp", static_cast<double>(At(absl::Hours(1))) + 0.5), "ok");
  EXPECT_EQ(With("nbf", At(absl::Seconds(61))), "not_yet_valid");
  EXPECT_EQ(With("nbf", At(absl::Seconds(60))), "ok");
  EXPECT_EQ(With("nbf", "yesterday"), "not_yet_valid");
  EXPECT_EQ(Without("nbf"), "ok");
  EXPECT_EQ(With("iss", "https://login.example.com/realms/CRM"), "issuer");
  EXPECT_EQ(With("iss", json::array({testing::kIssuer})), "issuer");
  EXPECT_EQ(Without("iss"), "issuer");
  EXPECT_EQ(With("aud", "other"), "audience");
  EXPECT_EQ(With("aud", json::array({"other", testing::kAudience})), "ok");
  EXPECT_EQ(With("aud", json::array({"other", 1})), "audience");
  EXPECT_EQ(With("aud", json::object({{"crm", 1}})), "audience");
  EXPECT_EQ(Without("aud"), "audience");
  EXPECT_EQ(With("crm_tenant", "acme globex"), "tenant");
  EXPECT_EQ(With("crm_tenant", "acme,globex"), "tenant");
  EXPECT_EQ(With("crm_tenant", json::array({"acme"})), "tenant");
  EXPECT_EQ(With("crm_tenant", ""), "tenant");
  EXPECT_EQ(With("crm_tenant", std::string(65, 'a')), "tenant");
  EXPECT_EQ(Without("crm_tenant"), "tenant");
  EXPECT_EQ(With("sub", "auth0|17"), "actor");
  EXPECT_EQ(Without("sub"), "actor");
}

TEST(ClaimsTest, ScopesComeInEveryUsualForm) {
  json claims = Good();
  claims["scope"] = "b  a";
  claims["scp"] = {"d", 7, "c"};
  Caller caller;
  ASSERT_EQ(Reading(claims.dump(), &caller), "ok");
  EXPECT_THAT(caller.scopes, ElementsAre("a", "b", "c", "d"));
  EXPECT_TRUE(caller.Holds("c"));
  EXPECT_FALSE(caller.Holds("c "));
  EXPECT_FALSE(caller.Holds(""));
  claims["scp"] = "e f";
  claims.erase("scope");
  ASSERT_EQ(Reading(claims.dump(), &caller), "ok");
  EXPECT_THAT(caller.scopes, ElementsAre("e", "f"));
  EXPECT_EQ(Without("scope"), "ok");
}

TEST(ClaimsTest, WhatIsNoObjectIsMalformed) {
  for (const char* text : {"", "[]", "1", "{", "\"x\"", "{\"exp\": \xff}"}) {
    EXPECT_EQ(Reading(text), "malformed") << text;
  }
}

}  // namespace
}  // namespace crm::auth
