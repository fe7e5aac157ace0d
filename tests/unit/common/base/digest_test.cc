#include "common/base/digest.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

namespace crm::base {
namespace {

// The examples of FIPS 180-4.
TEST(Digest, IsThatOfTheStandard) {
  EXPECT_EQ("a9993e364706816aba3e25717850c26c9cd0d89d",
            absl::BytesToHexString(AsText(Sha1("abc"))));
  EXPECT_EQ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            absl::BytesToHexString(AsText(Sha256("abc"))));
}

TEST(Digest, TakesTextsOfAnyBytesAndLength) {
  EXPECT_NE(Sha256(absl::string_view("a\0b", 3)), Sha256("a"));
  EXPECT_EQ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            absl::BytesToHexString(AsText(Sha256(""))));
}

TEST(Digest, OfPiecesIsThatOfTheWhole) {
  Sha256Stream stream;
  stream.Add("a");
  stream.Add("");
  stream.Add("bc");
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
}

}  // namespace
}  // namespace crm::base
