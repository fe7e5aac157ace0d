#include "services/contact/normalize/libphonenumber_normalizer.h"

#include <gtest/gtest.h>

namespace crm::contact {
namespace {

std::string E164(const LibphonenumberNormalizer& phones, absl::string_view number,
                 absl::string_view region = "", absl::string_view tenant = "acme") {
  return phones.Read(number, region, tenant).e164;
}

TEST(LibphonenumberNormalizerTest, ReadsNumbersAsPeopleWriteThem) {
  const LibphonenumberNormalizer swiss("CH");
  EXPECT_EQ(E164(swiss, "044 668 18 00"), "+41446681800");
  EXPECT_EQ(E164(swiss, "+41 (0)44 668 18 00"), "+41446681800");
  EXPECT_EQ(E164(swiss, "+1 650-253-0000"), "+16502530000");
}

TEST(LibphonenumberNormalizerTest, LeavesEmptyWhatItDoesNotUnderstand) {
  const LibphonenumberNormalizer swiss("CH");
  for (const char* text : {"", "ask at the desk", "1", "+999 123 456", "\xff\xfe"}) {
    EXPECT_EQ(E164(swiss, text), "") << text;
  }
}

TEST(LibphonenumberNormalizerTest, WithoutRegionNeedsACountryCode) {
  const LibphonenumberNormalizer none("");
  EXPECT_EQ(E164(none, "044 668 18 00"), "");
  EXPECT_EQ(E164(none, "+41446681800"), "+41446681800");
}

TEST(LibphonenumberNormalizerTest, TheNumbersOwnRegionComesBeforeTheTenantsAndTheServers) {
  const LibphonenumberNormalizer phones("CH", {{"globex", "DE"}});
  const char kLocal[] = "044 668 18 00";
  EXPECT_EQ(E164(phones, kLocal), "+41446681800");
  EXPECT_EQ(E164(phones, kLocal, "", "globex"), "+49446681800");
  EXPECT_EQ(E164(phones, kLocal, "AT", "globex"), "+43446681800");
  EXPECT_EQ(E164(phones, "+41 44 668 18 00", "AT", "globex"), "+41446681800");
  EXPECT_EQ(E164(phones, "044 668 18 00", "XX"), "");
}

TEST(LibphonenumberNormalizerTest, TellsExtensionsApart) {
  const LibphonenumberNormalizer swiss("CH");
  for (const char* text :
       {"044 668 18 00 ext. 12", "+41 44 668 18 00 x12", "044 668 18 00;ext=12"}) {
    const PhoneReading reading = swiss.Read(text, "", "");
    EXPECT_EQ(reading.e164, "+41446681800") << text;
    EXPECT_EQ(reading.extension, "12") << text;
    EXPECT_EQ(reading.error, "") << text;
  }
}

TEST(LibphonenumberNormalizerTest, SaysWhyItDoesNotUnderstand) {
  const LibphonenumberNormalizer swiss("CH");
  EXPECT_EQ(swiss.Read("ask at the desk", "", "").error, "is not a telephone number");
  EXPECT_EQ(swiss.Read("+41 44", "", "").error, "is too short");
  EXPECT_EQ(LibphonenumberNormalizer("").Read("044 668 18 00", "", "").error,
            "has no country code, and its region is not known");
}

TEST(LibphonenumberNormalizerTest, KnowsRegions) {
  EXPECT_TRUE(LibphonenumberNormalizer::KnowsRegion("CH"));
  EXPECT_TRUE(LibphonenumberNormalizer::KnowsRegion(""));
  EXPECT_FALSE(LibphonenumberNormalizer::KnowsRegion("XX"));
}

}  // namespace
}  // namespace crm::contact
