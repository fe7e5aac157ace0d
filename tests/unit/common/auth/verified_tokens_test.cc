#include "common/auth/verified_tokens.h"

#include <gtest/gtest.h>

namespace crm::auth {
namespace {

VerifiedTokens::Digest Digest(int number) {
  VerifiedTokens::Digest digest{};
  digest[0] = static_cast<uint8_t>(number);
  digest[1] = static_cast<uint8_t>(number >> 8);
  return digest;
}

TEST(VerifiedTokensTest, AreAsManyAsWereAllowedAndThoseInUseStay) {
  constexpr int kCapacity = 100;
  VerifiedTokens tokens(kCapacity);
  for (int i = 0; i < 10 * kCapacity; ++i) {
    tokens.Add(Digest(i), std::make_shared<Caller>(), 0);
    EXPECT_NE(tokens.Find(Digest(0)), nullptr);
  }
  int found = 0;
  for (int i = 0; i < 10 * kCapacity; ++i) found += tokens.Find(Digest(i)) != nullptr ? 1 : 0;
  EXPECT_GT(found, 0);
  EXPECT_LE(found, kCapacity);
}

TEST(VerifiedTokensTest, OfAnotherKeySetAreForgotten) {
  VerifiedTokens tokens(100);
  const int64_t before = tokens.Epoch();
  tokens.Add(Digest(1), std::make_shared<Caller>(), before);
  EXPECT_NE(tokens.Find(Digest(1)), nullptr);
  tokens.Clear();
  EXPECT_EQ(tokens.Find(Digest(1)), nullptr);
  // Verified by the old keys, and late.
  tokens.Add(Digest(1), std::make_shared<Caller>(), before);
  EXPECT_EQ(tokens.Find(Digest(1)), nullptr);
}

}  // namespace
}  // namespace crm::auth
