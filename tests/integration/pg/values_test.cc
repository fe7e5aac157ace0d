#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "common/error/error.h"
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
          ->Read(Tenants::None(), kEcho,
                 MakeParams(hard, int64_t{-42}, true, time, absl::CivilDay(2017, 12, 31), id,
                            Bytes{bytes}, std::optional<std::string>(), array),
                 Soon())
          .value();
  EXPECT_EQ(rows[0].Text(0), hard);
  EXPECT_EQ(RowReader(rows[0]).Int(1), -42);
  EXPECT_TRUE(RowReader(rows[0]).Bool(2));
  EXPECT_EQ(TimeOf(rows[0].View(3)), time);
  EXPECT_EQ(DayOf(rows[0].View(4)), absl::CivilDay(2017, 12, 31));
  EXPECT_EQ(RowReader(rows[0]).Uuid(5), id);
  EXPECT_EQ(RowReader(rows[0]).Bytes(6), bytes);
  EXPECT_TRUE(rows[0].IsNull(7));
  constexpr Statement kFirst{"first", "SELECT ($1::text[])[1], ($1::text[])[2] IS NULL"};
  const Rows element = pool_->Read(Tenants::None(), kFirst, MakeParams(array), Soon()).value();
  EXPECT_EQ(element[0].Text(0), hard);
  EXPECT_TRUE(RowReader(element[0]).Bool(1));
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
    const Rows rows =
        pool_->Read(Tenants::None(), kEcho, MakeParams(Bytes{bytes}, array), Soon()).value();
    EXPECT_EQ(RowReader(rows[0]).Bytes(0), bytes);
    EXPECT_EQ(RowReader(rows[0]).Bytes(1), bytes);
    EXPECT_EQ(RowReader(rows[0]).Bytes(2), "next");
  }
}

// A column of another type, or NULL, where a newer version changed the table: never an abort.
TEST_F(PgTest, WhatIsNoSuchValueOnlyMarksItsRow) {
  constexpr Statement kOdd{"odd", "SELECT 'x', NULL, $1::int"};
  const Rows rows = pool_->Read(Tenants::None(), kOdd, MakeParams(3), Soon()).value();
  const std::function<void(RowReader&, int)> reads[] = {
      [](RowReader& read, int column) { EXPECT_EQ(read.Int(column), 0); },
      [](RowReader& read, int column) { EXPECT_FALSE(read.Bool(column)); },
      [](RowReader& read, int column) { EXPECT_TRUE(read.Uuid(column).IsNil()); },
      [](RowReader& read, int column) { EXPECT_EQ(read.Bytes(column), ""); },
      [](RowReader& read, int column) { EXPECT_EQ(read.Time(column), absl::Time()); },
      [](RowReader& read, int column) { EXPECT_EQ(read.Index(column, 2), 0u); },
  };
  for (const auto& read_as : reads) {
    for (const int column : {0, 1}) {
      RowReader read(rows[0]);
      read_as(read, column);
      EXPECT_FALSE(read.ok());
      const absl::StatusOr<int> checked = read.Checked(7, "things");
      EXPECT_EQ(error::ReasonOf(checked.status()), error::kDataDamaged) << checked.status();
    }
  }
  RowReader beyond(rows[0]);
  EXPECT_EQ(beyond.Index(2, 2), 0u);
  EXPECT_FALSE(beyond.ok()) << "3 of 2";
  RowReader sound(rows[0]);
  EXPECT_EQ(sound.Index(2, 3), 2u);
  EXPECT_EQ(sound.OptionalInt(1), std::nullopt);
  EXPECT_EQ(sound.Checked(7, "things").value(), 7);
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
  const Rows rows = pool_->Read(Tenants::None(), kEcho, params, Soon()).value();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].Text(0), "");
  EXPECT_TRUE(rows[0].IsNull(1));
  EXPECT_FALSE(RowReader(rows[0]).Bool(2));
  EXPECT_EQ(TimeOf(rows[0].View(3)), absl::UnixEpoch());
  EXPECT_EQ(rows[1].Text(0), "NULL");
  EXPECT_EQ(RowReader(rows[1]).Int(1), -42);
  EXPECT_TRUE(RowReader(rows[1]).Bool(2));
  EXPECT_EQ(TimeOf(rows[1].View(3)), time);
  EXPECT_EQ(DayOf(rows[1].View(4)), day);
  EXPECT_EQ(RowReader(rows[1]).Uuid(5), id);
}

}  // namespace
}  // namespace crm::pg
