#include "common/base/uuid.h"

#include <absl/container/flat_hash_set.h>
#include <gtest/gtest.h>

namespace crm::base {
namespace {

constexpr char kText[] = "01890a5d-ac96-774b-bcce-b302099a8057";

TEST(Uuid, ReadsAndWritesTheCanonicalForm) {
  const auto id = Uuid::Parse(kText);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(kText, id->ToString());
  EXPECT_EQ(7, id->Version());
  std::string out = "leads/";
  id->AppendTo(&out);
  EXPECT_EQ(std::string("leads/") + kText, out);
}

TEST(Uuid, AcceptsUpperCaseAndWritesLowerCase) {
  const auto id = Uuid::Parse("01890A5D-AC96-774B-BCCE-B302099A8057");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(kText, id->ToString());
}

TEST(Uuid, RefusesEverythingElse) {
  for (const char* text :
       {"", "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a80577",
        "01890a5dac96774bbcceb302099a8057", "{1890a5d-ac96-774b-bcce-b302099a805}",
        "01890a5d-ac96-774b-bcceb-302099a8057", "01890a5g-ac96-774b-bcce-b302099a8057",
        "01890a5d_ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a805\xff"}) {
    EXPECT_FALSE(Uuid::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Uuid::Parse(absl::string_view(kText, 36).substr(0, 35)).has_value());
}

TEST(Uuid, GivesItsBytesBack) {
  const Uuid id = *Uuid::Parse(kText);
  EXPECT_EQ(0x01, id.Bytes()[0]);
  EXPECT_EQ(0x57, id.Bytes()[15]);
  EXPECT_EQ(id, Uuid::FromBytes(id.Bytes()));
}

TEST(Uuid, Version7HoldsTheTimeAndTheGivenBits) {
  // The example of RFC 9562, appendix A.6.
  const Uuid id = Uuid::V7(absl::FromUnixMillis(0x017F22E279B0), 0xCC3, 0x18C4DC0C0C07398F);
  EXPECT_EQ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", id.ToString());
}

TEST(Uuid, Version7SortsByTime) {
  const Uuid early = Uuid::V7(absl::FromUnixMillis(1000), ~0ull, ~0ull);
  const Uuid late = Uuid::V7(absl::FromUnixMillis(1001), 0, 0);
  EXPECT_LT(early, late);
  EXPECT_LT(early.ToString(), late.ToString());
  EXPECT_NE(Uuid::V7(absl::UnixEpoch()), Uuid::V7(absl::UnixEpoch()));
  EXPECT_EQ(Uuid::V7(absl::UnixEpoch(), 1, 1), Uuid::V7(absl::InfinitePast(), 1, 1));
}

TEST(Uuid, Version5IsAFunctionOfNamespaceAndName) {
  // The example of RFC 9562, appendix A.4.
  const Uuid dns = *Uuid::Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ("2ed6657d-e927-568b-95e1-2665a8aea6a2", Uuid::V5(dns, "www.example.com").ToString());
  EXPECT_NE(Uuid::V5(dns, "a"), Uuid::V5(dns, "b"));
}

TEST(Uuid, IsAKeyOfHashTables) {
  const Uuid id = *Uuid::Parse(kText);
  EXPECT_TRUE((absl::flat_hash_set<Uuid>{id, Uuid()}).contains(id));
}

}  // namespace
}  // namespace crm::base
