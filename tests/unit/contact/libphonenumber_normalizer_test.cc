#include "services/contact/normalize/libphonenumber_normalizer.h"

#include <gtest/gtest.h>

namespace crm::contact {
namespace {

TEST(LibphonenumberNormalizerTest, ReadsNumbersAsPeopleWriteThem) {
  const LibphonenumberNormalizer swiss("CH");
  EXPECT_EQ(swiss.E164("044 668 18 00"), "+41446681800");
  EXPECT_EQ(swiss.E164("+41 (0)44 668 18 00"), "+41446681800");
  EXPECT_EQ(swiss.E164("+1 650-253-0000"), "+16502530000");
}

TEST(LibphonenumberNormalizerTest, LeavesEmptyWhatItDoesNotUnderstand) {
  const LibphonenumberNormalizer swiss("CH");
  for (const char* text : {"", "ask at the desk", "1", "+999 123 456", "\xff\xfe"}) {
    EXPECT_EQ(swiss.E164(text), "") << text;
  }
}

TEST(LibphonenumberNormalizerTest, WithoutRegionNeedsACountryCode) {
  const LibphonenumberNormalizer none("");
  EXPECT_EQ(none.E164("044 668 18 00"), "");
  EXPECT_EQ(none.E164("+41446681800"), "+41446681800");
}

TEST(LibphonenumberNormalizerTest, KnowsRegions) {
  EXPECT_TRUE(LibphonenumberNormalizer::KnowsRegion("CH"));
  EXPECT_TRUE(LibphonenumberNormalizer::KnowsRegion(""));
  EXPECT_FALSE(LibphonenumberNormalizer::KnowsRegion("XX"));
}

}  // namespace
}  // namespace crm::contact
