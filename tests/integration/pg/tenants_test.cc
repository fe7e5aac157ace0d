#include "common/pg/tenants.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/pg/migrator.h"
#include "common/pg/snapshot.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

struct Keyed {
  std::string tenant;
};

TEST(Tenants, AreASettingInOrderAndOnce) {
  EXPECT_EQ(Tenants::None().setting(), "");
  EXPECT_EQ(Tenants::All().setting(), "*");
  EXPECT_EQ(Tenants("acme").setting(), "acme");
  const std::vector<Keyed> keys = {{"b"}, {"a"}, {"b"}, {"b"}, {"c:1@x.y_-"}};
  EXPECT_EQ(TenantsOf(keys).setting(), "a,b,c:1@x.y_-");
  EXPECT_EQ(TenantsOf(std::vector<std::string>{"z", "y"}).setting(), "y,z");
  EXPECT_EQ(TenantsOf(std::vector<Keyed>()).setting(), "");
}

// None of them is a tenant's name (rpc::IsIdentity); here they come to nothing at all.
TEST(Tenants, NoNameMeansMoreThanItself) {
  for (const absl::string_view name :
       {absl::string_view("*"), absl::string_view("a,b"), absl::string_view("a'; RESET ROLE; --"),
        absl::string_view("a\\"), absl::string_view("a\0", 2)}) {
    EXPECT_EQ(Tenants(name).setting(), "") << name;
  }
}

// A table with a policy as migrations make it, and a role that is bound by it.
class WalledTest : public PgTest {
 protected:
  static constexpr Statement kNames{"walled_names",
                                    "SELECT string_agg(body, ' ' ORDER BY body) FROM walled"};
  static constexpr Statement kAdd{"walled_add",
                                  "INSERT INTO walled (tenant, body) VALUES ($1::text, $2::text)"};

  WalledTest() {
    server_.Run("postgres",
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bound') THEN "
                "CREATE ROLE bound LOGIN; END IF; END $$");
    const char* const sql = R"(
      CREATE TABLE walled (tenant text, body text);
      CALL wall_tenants('walled');
      INSERT INTO walled VALUES ('acme', 'a1'), ('acme', 'a2'), ('globex', 'g1'), ('', 'nobody');
      GRANT SELECT, INSERT ON walled TO bound)";
    EXPECT_TRUE(Migrate(options_, {{"walled", {{1, "walled", sql}}}}).ok());
  }

  std::string Seen(const Tenants& tenants) {
    const auto rows = pool_.Read(tenants, kNames, Params(), Soon());
    return rows.ok() ? (*rows)[0].Text(0) : rows.status().ToString();
  }

  absl::Status Add(const Tenants& tenants, const std::string& tenant, const std::string& body) {
    return RunInTransaction(
        pool_, tenants, Soon(),
        [&](Transaction& transaction) {
          return transaction.Query(kAdd, MakeParams(tenant, body)).status();
        },
        1);
  }

  // One connection, so that each call finds it as the one before left it.
  Pool pool_{{server_.Url(database_, "bound"), "public", "test"}, 1};
};

TEST_F(WalledTest, ARoundTripSeesItsTenantsWhateverTheOneBeforeSaw) {
  EXPECT_EQ(Seen(Tenants("acme")), "a1 a2");
  EXPECT_EQ(Seen(Tenants("globex")), "g1");
  EXPECT_EQ(Seen(Tenants::None()), "");
  EXPECT_EQ(Seen(Tenants({"globex", "acme"})), "a1 a2 g1");
  EXPECT_EQ(Seen(Tenants::All()), "a1 a2 g1 nobody");
  EXPECT_EQ(Seen(Tenants("nobody-else")), "");
  EXPECT_EQ(Seen(Tenants("*")), "");
}

TEST_F(WalledTest, AConnectionSeesNothingBeforeItIsToldWhose) {
  auto connection = Connection::Open({server_.Url(database_, "bound"), "public", "test"}).value();
  EXPECT_EQ(connection->Execute("SELECT count(*) FROM walled").value()[0].Text(0), "0");
  EXPECT_EQ(connection->Query(Tenants("acme"), kNames, Params()).value()[0].Text(0), "a1 a2");
}

TEST_F(WalledTest, ATransactionWritesForItsTenantsOnly) {
  EXPECT_TRUE(Add(Tenants("acme"), "acme", "a3").ok());
  EXPECT_EQ(Add(Tenants("acme"), "globex", "g2").code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(Add(Tenants::None(), "acme", "a4").ok());
  EXPECT_EQ(Seen(Tenants::All()), "a1 a2 a3 g1 nobody");
}

TEST_F(WalledTest, ASnapshotSeesItsTenantsOnly) {
  for (const char* const tenant : {"acme", "globex"}) {
    const auto snapshot = Snapshot::Begin(pool_, Tenants(tenant), Soon());
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    EXPECT_EQ((*snapshot)->Query(kNames, Params()).value()[0].Text(0),
              tenant == std::string("acme") ? "a1 a2" : "g1");
  }
  EXPECT_EQ(Seen(Tenants("acme")), "a1 a2");
}

// What a transaction said is undone with it: the next says it anew though it has the same tenants.
TEST_F(WalledTest, AFailureLeavesNoTenantsBehind) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(Add(Tenants("acme"), "globex", "g2").ok());
    EXPECT_EQ(Seen(Tenants("acme")), "a1 a2");
    EXPECT_FALSE(RunInTransaction(pool_, Tenants("globex"), Soon(), [&](Transaction& transaction) {
                   EXPECT_EQ(transaction.Query(kNames, Params()).value()[0].Text(0), "g1");
                   return absl::InternalError("given up");
                 }).ok());
    EXPECT_EQ(Seen(Tenants("globex")), "g1");
  }
}

// The whole of a lone read is one message still, and neighbours of one tenant say nothing twice.
TEST_F(WalledTest, SayingItCostsNoRoundTripAndIsSaidOnce) {
  auto connection = Connection::Open({server_.Url(database_, "bound"), "public", "test"}).value();
  std::string text;
  connection->AppendTenants(text, Tenants("acme"));
  EXPECT_EQ(text, "SET crm.tenants TO 'acme';");
  ASSERT_TRUE(connection->Send(text + "SELECT 1", base::Deadline::None()).ok());
  std::string again;
  connection->AppendTenants(again, Tenants("acme"));
  EXPECT_EQ(again, "");
  connection->AppendTenants(again, Tenants("globex"));
  EXPECT_NE(again, "");
}

}  // namespace
}  // namespace crm::pg
