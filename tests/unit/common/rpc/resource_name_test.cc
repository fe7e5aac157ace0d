#include "common/rpc/resource_name.h"

namespace crm::rpc {
namespace {

constexpr char kLeadId[] = "018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e";

TEST(ResourceNameTest, ANameIsItsCollectionAndAUuid) {
  const auto id = ParseName(std::string("leads/") + kLeadId, "leads");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(FormatName("leads", *id), std::string("leads/") + kLeadId);
}

TEST(ResourceNameTest, OtherFormsAreNoNames) {
  for (const std::string& bad :
       {std::string(kLeadId), std::string("leads/"), std::string("leads"), std::string(),
        std::string("leads/1"), std::string("contacts/") + kLeadId,
        std::string("leads/") + kLeadId + "/", std::string("/leads/") + kLeadId}) {
    EXPECT_FALSE(ParseName(bad, "leads").has_value()) << bad;
  }
}

TEST(ResourceNameTest, SlugsAreShortPlainWords) {
  EXPECT_EQ(ParseSlugName("pipelines/default-2", "pipelines"), "default-2");
  EXPECT_EQ(FormatSlugName("pipelines", "default"), "pipelines/default");
  for (const char* bad : {"", "2x", "X", "a_b", "a-", "a b"}) EXPECT_FALSE(IsSlug(bad)) << bad;
  EXPECT_TRUE(IsSlug(std::string(63, 'a')));
  EXPECT_FALSE(IsSlug(std::string(64, 'a')));
}

}  // namespace
}  // namespace crm::rpc
