#include "common/auth/key_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/token_issuer.h"

namespace crm::auth {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::HmacSha256;
using testing::Jwks;
using testing::SigningKey;
using testing::Token;
using testing::TokenOf;

const SigningKey& Rsa() {
  static const auto* const key = new SigningKey("RS256", "rsa-1");
  return *key;
}
const SigningKey& OtherRsa() {
  static const auto* const key = new SigningKey("RS256", "rsa-2");
  return *key;
}
const SigningKey& Ec() {
  static const auto* const key = new SigningKey("ES256", "ec-1");
  return *key;
}
const SigningKey& Ed() {
  static const auto* const key = new SigningKey("EdDSA", "ed-1");
  return *key;
}

const KeySet& All() {
  static const auto* const set =
      new std::shared_ptr<const KeySet>(*KeySet::Parse(Jwks({&Rsa(), &Ec(), &Ed()})));
  return **set;
}

// "ok", or the check that failed.
std::string Outcome(const KeySet& keys, const std::string& token) {
  std::string payload;
  const auto failed = keys.Verify(token, payload);
  return failed ? std::string(base::NameOf(kTokenCheckNames, *failed)) : "ok";
}
std::string Outcome(const std::string& token) { return Outcome(All(), token); }

std::string Signed(const json& header, const SigningKey& key, const std::string& algorithm,
                   const std::string& payload = "{}") {
  return TokenOf(header, payload, [&](const auto& input) { return key.Sign(algorithm, input); });
}

TEST(KeySetTest, EveryAcceptedAlgorithmIsVerified) {
  const json claims = {{"sub", "agent-7"}, {"text", "Grüße"}};
  for (const SigningKey* key : {&Rsa(), &Ec(), &Ed()}) {
    std::string payload;
    EXPECT_EQ(All().Verify(Token(*key, claims), payload), std::nullopt) << key->algorithm();
    EXPECT_EQ(payload, claims.dump());
  }
  EXPECT_EQ(Outcome(Signed({{"alg", "PS256"}, {"kid", "rsa-1"}}, Rsa(), "PS256")), "ok");
}

TEST(KeySetTest, ATokenDoesNotChooseItsAlgorithm) {
  const auto hmac = [](const auto& input) { return HmacSha256(Rsa().Pem(), input); };
  EXPECT_EQ(Outcome(TokenOf({{"alg", "HS256"}, {"kid", "rsa-1"}}, "{}", hmac)), "algorithm");
  // As an RSA token with such a signature, too.
  EXPECT_EQ(Outcome(TokenOf({{"alg", "RS256"}, {"kid", "rsa-1"}}, "{}", hmac)), "signature");
  const auto nothing = [](const auto&) { return std::string(); };
  for (const char* none : {"none", "None", "NONE", "", "RS1", "rs256", "HS512", "ES256K", "dir"}) {
    EXPECT_EQ(Outcome(TokenOf({{"alg", none}, {"kid", "rsa-1"}}, "{}", nothing)), "algorithm")
        << none;
  }
  EXPECT_EQ(Outcome(TokenOf({{"kid", "rsa-1"}}, "{}", nothing)), "algorithm");
  EXPECT_EQ(Outcome(TokenOf({{"alg", 1}, {"kid", "rsa-1"}}, "{}", nothing)), "algorithm");
  EXPECT_EQ(Outcome(TokenOf({{"alg", "RS256"}, {"kid", "rsa-1"}}, "{}", nothing)), "malformed");
  // Weaker ones of the same kind are not in the table.
  EXPECT_EQ(Outcome(Signed({{"alg", "RS512"}, {"kid", "rsa-1"}}, Rsa(), "RS256")), "algorithm");
}

TEST(KeySetTest, AKeyIsForItsOwnAlgorithmsOnly) {
  EXPECT_EQ(Outcome(Signed({{"alg", "ES256"}, {"kid", "rsa-1"}}, Rsa(), "RS256")), "key");
  EXPECT_EQ(Outcome(Signed({{"alg", "EdDSA"}, {"kid", "ec-1"}}, Ec(), "ES256")), "key");
  json jwk = Rsa().Jwk();
  jwk["alg"] = "RS256";
  const auto named = KeySet::Parse(json{{"keys", {jwk}}}.dump());
  EXPECT_EQ(Outcome(**named, Signed({{"alg", "RS256"}, {"kid", "rsa-1"}}, Rsa(), "RS256")), "ok");
  EXPECT_EQ(Outcome(**named, Signed({{"alg", "PS256"}, {"kid", "rsa-1"}}, Rsa(), "PS256")), "key");
}

TEST(KeySetTest, TheKeyIsOneOfTheSet) {
  EXPECT_EQ(Outcome(Token(OtherRsa(), json::object())), "key");
  EXPECT_EQ(Outcome(Signed({{"alg", "RS256"}}, Rsa(), "RS256")), "key");
  // Under another's kid.
  EXPECT_EQ(Outcome(Signed({{"alg", "RS256"}, {"kid", "rsa-1"}}, OtherRsa(), "RS256")),
            "signature");
  // Keys that a token brings, or says where to get, are not looked at.
  for (const json& own : {json{{"jwk", OtherRsa().Jwk()}}, json{{"jku", "http://127.0.0.1:9/"}},
                          json{{"x5u", "http://127.0.0.1:9/"}}, json{{"x5c", {"MIIB"}}}}) {
    json header = {{"alg", "RS256"}, {"kid", "rsa-1"}};
    header.update(own);
    EXPECT_EQ(Outcome(Signed(header, OtherRsa(), "RS256")), "signature") << own;
    EXPECT_EQ(Outcome(Signed(header, Rsa(), "RS256")), "ok") << own;
  }
}

TEST(KeySetTest, WhatWasChangedIsNoticed) {
  for (const SigningKey* key : {&Rsa(), &Ec(), &Ed()}) {
    const std::string token = Token(*key, {{"sub", "agent-7"}});
    const std::vector<std::string> parts = absl::StrSplit(token, '.');
    const std::string forged = absl::WebSafeBase64Escape(R"({"sub":"boss"})");
    EXPECT_EQ(Outcome(absl::StrCat(parts[0], ".", forged, ".", parts[2])), "signature");
    std::string changed = token;
    changed[token.size() - 20] = changed[token.size() - 20] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Outcome(changed), "signature");
  }
}

TEST(KeySetTest, WhatIsNoTokenIsMalformed) {
  const std::string token = Token(Rsa(), json::object());
  for (const std::string& text :
       {std::string(), std::string("abc"), std::string("a.b.c"), std::string("..."), token + ".x",
        token.substr(0, token.rfind('.')), token + "=", " " + token, token + "\n",
        std::string("e30") + std::string(9000, 'A')}) {
    EXPECT_THAT(Outcome(text), ::testing::AnyOf("malformed", "algorithm")) << text.substr(0, 40);
  }
  EXPECT_EQ(Outcome(token + std::string(9000, 'A')), "malformed");
}

TEST(KeySetTest, AHeaderThatChangesHowTheRestIsReadIsRefused) {
  for (const json& more : {json{{"zip", "DEF"}}, json{{"crit", {"exp"}}, {"exp", 1}},
                           json{{"b64", false}, {"crit", {"b64"}}}}) {
    json header = {{"alg", "RS256"}, {"kid", "rsa-1"}};
    header.update(more);
    EXPECT_EQ(Outcome(Signed(header, Rsa(), "RS256")), "malformed") << more;
  }
}

TEST(KeySetTest, ASetHoldsWhatItCanUse) {
  json encryption = OtherRsa().Jwk();
  encryption["use"] = "enc";
  json nameless = OtherRsa().Jwk();
  nameless.erase("kid");
  json broken = OtherRsa().Jwk();
  broken["n"] = std::string(342, '!');
  json other_curve = Ec().Jwk();
  other_curve["crv"] = "P-384";
  const json symmetric = {{"kty", "oct"}, {"kid", "secret"}, {"k", "AAAA"}};
  const auto set = KeySet::Parse(json{
      {"keys",
       {encryption, nameless, broken, other_curve, symmetric,
        SigningKey("RS256", "short", 1024).Jwk(),
        Ed().Jwk()}}}.dump());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT((*set)->Ids(), ElementsAre("ed-1"));
}

TEST(KeySetTest, WhatIsNoSetIsRefused) {
  json twice = {{"keys", {Rsa().Jwk(), Rsa().Jwk()}}};
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"), std::string(R"({"keys": 1})"),
        std::string(R"({"keys": []})"), std::string(R"({"keys": [1]})"), twice.dump()}) {
    EXPECT_EQ(KeySet::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace crm::auth
