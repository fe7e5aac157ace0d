#include "services/contact/domain/normal_forms.h"

#include <gtest/gtest.h>

namespace crm::contact {
namespace {

TEST(EmailTest, IsComparedTrimmedAndInLowerCase) {
  EXPECT_EQ(NormalizeEmail("  Anna.Snelling@Example.COM\t"), "anna.snelling@example.com");
  EXPECT_EQ(NormalizeEmail(""), "");
}

TEST(EmailTest, KeepsLettersBeyondAsciiAsTheyAre) {
  EXPECT_EQ(NormalizeEmail("Jörg@BÜCHER.example"), "jörg@bÜcher.example");
  EXPECT_TRUE(IsEmail("jörg@bücher.example"));
}

TEST(EmailTest, HasTwoSidesAndNoWhiteSpace) {
  const struct {
    const char* text;
    bool good;
  } cases[] = {
      {"a@b", true},       {"a@b.ch", true},    {"a+tag@b-c.ch", true}, {"\"a@x\"@b.ch", true},
      {"", false},         {"a", false},        {"@b.ch", false},       {"a@", false},
      {"a b@c.ch", false}, {"a@b c.ch", false}, {"a@b..ch", false},     {"a@-b.ch", false},
      {"a@b.ch\n", false}, {"a@b.ch.", false},
  };
  for (const auto& c : cases) EXPECT_EQ(IsEmail(c.text), c.good) << c.text;
  EXPECT_TRUE(IsEmail(std::string(64, 'a') + "@b.ch"));
  EXPECT_FALSE(IsEmail(std::string(65, 'a') + "@b.ch"));
}

TEST(DomainTest, IsComparedWithoutWwwAndFinalDot) {
  EXPECT_EQ(NormalizeDomain(" WWW.Example.Com. "), "example.com");
  EXPECT_EQ(NormalizeDomain("example.com"), "example.com");
  EXPECT_EQ(NormalizeDomain(""), "");
}

TEST(DomainTest, ConsistsOfLabels) {
  for (const char* good : {"example.com", "a", "a-b.c-d.ch", "bücher.example", "x1.y2"}) {
    EXPECT_TRUE(IsDomain(good)) << good;
  }
  for (const char* bad : {"", ".", "a..b", ".a", "a.", "-a.ch", "a-.ch", "a b.ch", "a/b", "a@b"}) {
    EXPECT_FALSE(IsDomain(bad)) << bad;
  }
  EXPECT_TRUE(IsDomain(std::string(63, 'a') + ".ch"));
  EXPECT_FALSE(IsDomain(std::string(64, 'a') + ".ch"));
}

}  // namespace
}  // namespace crm::contact
