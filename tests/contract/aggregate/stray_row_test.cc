// Rows whose key cannot be read: nobody knows whose they are.

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/aggregate/read_rows.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"
#include "tests/contract/damaged_rows.h"
#include "tests/support/postgres_server.h"

namespace crm::testing {
namespace {

TEST(StrayRow, MayBeAnyOfThoseWithoutARow) {
  PostgresServer& server = PostgresServer::Shared();
  const std::string database = server.CreateDatabase();
  pg::Pool pool({server.Url(database), "public", "test"}, 1);
  const base::Uuid known(1, 1);
  const base::Uuid missing(2, 2);
  const auto rows = pool.ReadText(pg::Tenants::None(),
                                  "SELECT 'acme', '" + known.ToString() +
                                      "' UNION ALL SELECT 'acme', '7' UNION ALL SELECT NULL, '" +
                                      missing.ToString() + "'",
                                  absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(aggregate::KeyOf((*rows)[0]), (aggregate::Key{"acme", known}));
  EXPECT_EQ(aggregate::KeyOf((*rows)[1]), std::nullopt);
  EXPECT_EQ(aggregate::KeyOf((*rows)[2]), std::nullopt);
  const aggregate::Key keys[] = {{"acme", missing}, {"acme", known}};
  const auto found = aggregate::ReadByKey<int>(
      keys, rows, [](const pg::Row&) -> absl::StatusOr<int> { return 7; },
      [](const aggregate::Key& key) { return "things/" + key.id.ToString(); });
  ExpectDamaged(found[0].status(), "things/" + missing.ToString());
  EXPECT_EQ(found[1].value(), 7);
}

}  // namespace
}  // namespace crm::testing
