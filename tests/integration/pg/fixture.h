#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/pg/connection.h"
#include "common/pg/pool.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "tests/support/postgres_server.h"

namespace crm::pg {

// A database of its own on the shared server, with a table t.
class PgTest : public ::testing::Test {
 protected:
  static constexpr Statement kInsert{"t_insert",
                                     "INSERT INTO t (id, body) VALUES ($1::bigint, $2::text)"};
  static constexpr Statement kRead{"t_read", "SELECT body FROM t WHERE id = $1::bigint"};
  static constexpr Statement kCount{"t_count", "SELECT count(*) FROM t"};
  static constexpr Statement kLock{"t_lock", "SELECT body FROM t WHERE id = $1::bigint FOR UPDATE"};
  static constexpr Statement kDie{"t_die", "SELECT pg_terminate_backend(pg_backend_pid())"};
  static constexpr Statement kSleep{"t_sleep", "SELECT pg_sleep($1::float8)"};
  static constexpr Statement kBackend{"t_backend", "SELECT pg_backend_pid()"};

  PgTest() {
    server_.Run(database_, "CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, body text)");
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  int64_t Count() {
    return RowReader(pool_->Read(Tenants::None(), kCount, Params(), Soon()).value()[0]).Int(0);
  }

  // Ends all connections to the database, as a restart or an impatient firewall does.
  void EndConnections() {
    server_.Run("postgres", absl::StrCat("SELECT pg_terminate_backend(pid, 5000) FROM "
                                         "pg_stat_activity WHERE datname = '",
                                         database_, "'"));
  }

  testing::PostgresServer& server_ = testing::PostgresServer::Shared();
  std::string database_ = server_.CreateDatabase();
  ConnectionOptions options_{server_.Url(database_), "public", "test"};
  std::unique_ptr<Pool> pool_ = std::make_unique<Pool>(options_, 4);
};

}  // namespace crm::pg
