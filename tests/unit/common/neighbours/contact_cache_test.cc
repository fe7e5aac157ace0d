#include <gtest/gtest.h>

#include "common/neighbours/cached_contact_directory.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_contact_directory.h"

namespace crm::neighbours {
namespace {

base::Uuid IdOf(uint64_t n) { return base::Uuid(0x7000, n); }

class ContactCacheTest : public ::testing::Test {
 protected:
  std::vector<absl::Status> Check(const std::vector<uint64_t>& ids,
                                  const std::string& tenant = "acme") {
    std::vector<ContactKey> keys;
    for (const uint64_t id : ids) keys.push_back({tenant, IdOf(id)});
    std::vector<absl::Status> findings(keys.size(), absl::UnknownError("not set"));
    cache_.Check(keys, absl::MakeSpan(findings), absl::InfiniteFuture());
    return findings;
  }

  crm::testing::FakeClock clock_;
  crm::testing::FakeContactDirectory source_;
  CachedContactDirectory cache_{source_, clock_, absl::Seconds(5), 2};
};

TEST_F(ContactCacheTest, AsksOnceWithinTheTimeItKeeps) {
  EXPECT_TRUE(Check({1})[0].ok());
  EXPECT_TRUE(Check({1, 1})[1].ok());
  EXPECT_EQ(source_.calls(), 1);
  clock_.Advance(absl::Seconds(5));
  EXPECT_TRUE(Check({1})[0].ok());
  EXPECT_EQ(source_.calls(), 2);
}

TEST_F(ContactCacheTest, NeverRemembersThatThereIsNone) {
  source_.SetMissing(IdOf(1));
  EXPECT_FALSE(Check({1})[0].ok());
  source_.SetMissing(IdOf(1), false);
  EXPECT_TRUE(Check({1})[0].ok());
}

TEST_F(ContactCacheTest, KeepsTenantsApart) {
  Check({1});
  Check({1}, "other");
  EXPECT_EQ(source_.calls(), 2);
}

TEST_F(ContactCacheTest, ForgetsTheLeastRecentlyUsed) {
  Check({1});
  Check({2});
  Check({1});
  Check({3});
  EXPECT_EQ(source_.calls(), 3);
  Check({1});
  EXPECT_EQ(source_.calls(), 3);
  Check({2});
  EXPECT_EQ(source_.calls(), 4);
}

TEST_F(ContactCacheTest, KnownContactsAreFoundWhileTheSourceIsAway) {
  Check({1});
  source_.SetAway(true);
  const std::vector<absl::Status> findings = Check({1, 2});
  EXPECT_TRUE(findings[0].ok());
  EXPECT_EQ(error::ReasonOf(findings[1]), error::kNeighbourUnavailable);
}

}  // namespace
}  // namespace crm::neighbours
