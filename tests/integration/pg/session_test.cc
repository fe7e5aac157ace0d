#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/error/error.h"
#include "common/pg/column_text.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

// A role, a database or the environment may have other defaults than those that literals rest on.
TEST_F(PgTest, LiteralsAndResultsMeanTheSameWhateverTheRolesDefaults) {
  server_.Run(database_,
              "DROP ROLE IF EXISTS odd; CREATE ROLE odd LOGIN; ALTER ROLE odd SET "
              "standard_conforming_strings TO off; "
              "ALTER ROLE odd SET backslash_quote TO on; ALTER ROLE odd SET array_nulls TO off; "
              "ALTER ROLE odd SET client_encoding TO latin1; ALTER ROLE odd SET bytea_output TO "
              "escape; ALTER ROLE odd SET datestyle TO 'German'; ALTER ROLE odd SET timezone TO "
              "'Asia/Tokyo'");
  options_.url = server_.Url(database_, "odd");
  Pool pool(options_, 1);
  constexpr Statement kEcho{"odd_echo",
                            "SELECT $1::text, $2::text, $3::bytea, $4::timestamptz, "
                            "$5::date, ($6::text[])[1] IS NULL"};
  const std::string injection = ", 'x', 'x', now(), now(), '{}') --";
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const absl::CivilDay day(2017, 12, 31);
  Array array;
  array.AddNull();
  const auto rows =
      pool.Read(Tenants::None(), kEcho,
                MakeParams("ends in ü\\", injection, Bytes{"\\\xff"}, time, day, array), Soon());
  ASSERT_TRUE(rows.ok()) << error::PrivateTextOf(rows.status());
  EXPECT_EQ((*rows)[0].Text(0), "ends in ü\\");
  EXPECT_EQ((*rows)[0].Text(1), injection);
  EXPECT_EQ(RowReader((*rows)[0]).Bytes(2), "\\\xff");
  EXPECT_EQ(TimeOf((*rows)[0].View(3)), time);
  EXPECT_EQ(DayOf((*rows)[0].View(4)), day);
  EXPECT_TRUE(RowReader((*rows)[0]).Bool(5));
}

TEST_F(PgTest, NothingThatPostgresSaysIsInThePublicMessage) {
  constexpr Statement kWrong{"wrong", "SELECT 1 / $1::int"};
  const absl::Status status = pool_->Read(Tenants::None(), kWrong, MakeParams(0), Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("division")));
  EXPECT_THAT(error::PrivateTextOf(status), ::testing::HasSubstr("division"));
}

}  // namespace
}  // namespace crm::pg
