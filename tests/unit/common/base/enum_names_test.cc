#include "common/base/enum_names.h"

#include <gtest/gtest.h>

namespace crm {
namespace {

enum class Color { kNone, kRed = 4, kDarkBlue = 2 };

constexpr base::EnumName<Color> kColorNames[] = {{Color::kRed, "RED"},
                                                 {Color::kDarkBlue, "DARK_BLUE"}};

// Found without a qualifier, and when the program is compiled.
static_assert(NameOf(kColorNames, Color::kRed) == "RED");
static_assert(ValueOf(kColorNames, "DARK_BLUE") == Color::kDarkBlue);

TEST(EnumNames, LeadThereAndBack) {
  for (const auto& [value, name] : kColorNames) {
    EXPECT_EQ(name, NameOf(kColorNames, value));
    EXPECT_EQ(value, ValueOf(kColorNames, name));
  }
}

TEST(EnumNames, UnknownOnesAreTold) {
  EXPECT_EQ("", NameOf(kColorNames, Color::kNone));
  EXPECT_EQ("", NameOf(kColorNames, static_cast<Color>(99)));
  for (const char* name : {"", "red", "RED ", "DARK", "DARK_BLUES"}) {
    EXPECT_EQ(std::nullopt, ValueOf(kColorNames, name)) << name;
  }
}

}  // namespace
}  // namespace crm
