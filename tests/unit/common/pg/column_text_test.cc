#include "common/pg/column_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "common/pg/packed_ids.h"

namespace crm::pg {
namespace {

absl::Time At(absl::CivilSecond second, int64_t micros = 0) {
  return absl::FromCivil(second, absl::UTCTimeZone()) + absl::Microseconds(micros);
}

TEST(ColumnTextTest, TimesOfTheYearsThatTheProgramKnowsAreRead) {
  const absl::CivilSecond second(2026, 1, 31, 12, 34, 56);
  EXPECT_EQ(TimeOf("2026-01-31 12:34:56+00"), At(second));
  EXPECT_EQ(TimeOf("2026-01-31 12:34:56.5+00"), At(second, 500'000));
  EXPECT_EQ(TimeOf("2026-01-31 12:34:56.000001+00"), At(second, 1));
  EXPECT_EQ(TimeOf("9999-12-31 23:59:59.999999+00"),
            At(absl::CivilSecond(9999, 12, 31, 23, 59, 59), 999'999));
  for (const char* unreadable :
       {"", "infinity", "-infinity", "10000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC",
        "2026-01-31 12:34:56+01", "2026-01-31 12:34:56.1234567+00", "2026-01-31 12:34:56.+00",
        "2026-01-31T12:34:5x+00", "31/01/2026 12:34:56.00+00"}) {
    EXPECT_EQ(TimeOf(unreadable), std::nullopt) << unreadable;
  }
}

TEST(ColumnTextTest, SoAreDays) {
  EXPECT_EQ(DayOf("2026-01-31"), absl::CivilDay(2026, 1, 31));
  for (const char* unreadable : {"", "infinity", "10000-01-01", "0044-03-15 BC", "2026/01/31"}) {
    EXPECT_EQ(DayOf(unreadable), std::nullopt) << unreadable;
  }
}

TEST(ColumnTextTest, NumbersFlagsAndBytes) {
  EXPECT_EQ(IntOf("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(IntOf("9223372036854775808"), std::nullopt);
  EXPECT_EQ(IntOf("1.5"), std::nullopt);
  EXPECT_EQ(BoolOf("t"), true);
  EXPECT_EQ(BoolOf("f"), false);
  EXPECT_EQ(BoolOf("true"), std::nullopt);
  EXPECT_EQ(BytesOf("\\x00ff"), std::string("\0\xff", 2));
  EXPECT_EQ(BytesOf("00ff"), std::nullopt);
}

TEST(ColumnTextTest, ManyIdsStandInOneText) {
  const auto ids = UuidsOf(
      "\\x00112233445566778899aabbccddeeff"
      "ffeeddccbbaa99887766554433221100");
  ASSERT_TRUE(ids.has_value());
  ASSERT_EQ(ids->size(), 2u);
  EXPECT_EQ((*ids)[0].ToString(), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ((*ids)[1].ToString(), "ffeeddcc-bbaa-9988-7766-554433221100");
  EXPECT_TRUE(UuidsOf("\\x")->empty());
  for (const char* unreadable : {"", "\\x00112233445566778899aabbccddee", "\\x0"}) {
    EXPECT_EQ(UuidsOf(unreadable), std::nullopt) << unreadable;
  }
}

}  // namespace
}  // namespace crm::pg
