#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "common/pg/column_text.h"
#include "common/pg/params.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

TEST_F(PgTest, EveryKindOfValueSurvivesTheRoundTrip) {
  constexpr Statement kEcho{"echo",
                            "SELECT $1::text, $2::bigint, $3::bool, $4::timestamptz, $5::date, "
                            "$6::uuid, $7::bytea, $8::text, $9::text[]"};
  const std::string hard = "it's \"quoted\" \\ {a,b} NULL \n\t ünï € 😀";
  const std::string bytes("\0\x01\xff'\\", 5);
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const base::Uuid id(0x0123456789abcdef, 0xfedcba9876543210);
  Array array;
  array.Add(hard);
  array.Add(std::optional<std::string>());
  const Rows rows =
      pool_
          ->Read(kEcho,
                 MakeParams(hard, int64_t{-42}, true, time, absl::CivilDay(2017, 12, 31), id,
                            Bytes{bytes}, std::optional<std::string>(), array),
                 Soon())
          .value();
  EXPECT_EQ(rows[0].Text(0), hard);
  EXPECT_EQ(rows[0].Int(1), -42);
  EXPECT_TRUE(rows[0].Bool(2));
  EXPECT_EQ(TimeOf(rows[0].View(3)), time);
  EXPECT_EQ(DayOf(rows[0].View(4)), absl::CivilDay(2017, 12, 31));
  EXPECT_EQ(rows[0].Uuid(5), id);
  EXPECT_EQ(rows[0].Bytes(6), bytes);
  EXPECT_TRUE(rows[0].IsNull(7));
  constexpr Statement kFirst{"first", "SELECT ($1::text[])[1], ($1::text[])[2] IS NULL"};
  const Rows element = pool_->Read(kFirst, MakeParams(array), Soon()).value();
  EXPECT_EQ(element[0].Text(0), hard);
  EXPECT_TRUE(element[0].Bool(1));
}

TEST_F(PgTest, BytesSurviveWhetherTheyAreMostlyLettersOrNot) {
  constexpr Statement kEcho{"echo_bytes", "SELECT $1::bytea, ($2::bytea[])[1], ($2::bytea[])[2]"};
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  const std::string letters = every + std::string(1000, 'a') + "\\x41 it's \"quoted\" {a,b} \\";
  for (const std::string& bytes : {std::string(), std::string("\\x41"), every, letters}) {
    Array array;
    array.Add(Bytes{bytes});
    array.Add(Bytes{"next"});
    const Rows rows = pool_->Read(kEcho, MakeParams(Bytes{bytes}, array), Soon()).value();
    EXPECT_EQ(rows[0].Bytes(0), bytes);
    EXPECT_EQ(rows[0].Bytes(1), bytes);
    EXPECT_EQ(rows[0].Bytes(2), "next");
  }
}

TEST_F(PgTest, EveryKindOfValueMayBeInAnArray) {
  constexpr Statement kEcho{"echo_arrays",
                            "SELECT unnest($1::text[]), unnest($2::bigint[]), unnest($3::bool[]), "
                            "unnest($4::timestamptz[]), unnest($5::date[]), unnest($6::uuid[])"};
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const absl::CivilDay day(2017, 12, 31);
  const base::Uuid id(0x0123456789abcdef, 0xfedcba9876543210);
  Columns columns;
  columns.Add("", std::optional<int64_t>(), false, absl::UnixEpoch(), day, base::Uuid());
  columns.Add("NULL", std::optional<int64_t>(-42), true, time, day, id);
  Params params;
  columns.AddTo(params);
  const Rows rows = pool_->Read(kEcho, params, Soon()).value();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].Text(0), "");
  EXPECT_TRUE(rows[0].IsNull(1));
  EXPECT_FALSE(rows[0].Bool(2));
  EXPECT_EQ(TimeOf(rows[0].View(3)), absl::UnixEpoch());
  EXPECT_EQ(rows[1].Text(0), "NULL");
  EXPECT_EQ(rows[1].Int(1), -42);
  EXPECT_TRUE(rows[1].Bool(2));
  EXPECT_EQ(TimeOf(rows[1].View(3)), time);
  EXPECT_EQ(DayOf(rows[1].View(4)), day);
  EXPECT_EQ(rows[1].Uuid(5), id);
}

}  // namespace
}  // namespace crm::pg
