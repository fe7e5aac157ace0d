#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/listing/field.h"
#include "common/listing/order.h"
#include "common/listing/query.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"

// The tables of who was shown personal data.
namespace crm::access {

pg::MigrationSet Migrations();

struct Record {
  std::string tenant;
  base::Uuid id;
  absl::Time access_time;
  std::string actor;
  std::string method;
  std::vector<std::string> names;  // without line ends
};

// Writes all of them, in one transaction; those that are there already stay as they are, so that a
// commit in doubt may be repeated. Blocks.
absl::Status Write(pg::Pool& pool, absl::Span<const Record> records, base::Deadline deadline);

// What they can be listed and ordered by, the latter by time alone.
absl::Span<const listing::Field> Fields();
absl::Span<const listing::OrderOf<Record>> Orders();

// One page, at most query.limit records. DATA_LOSS DATA_DAMAGED if one cannot be read. Blocks.
absl::StatusOr<std::vector<Record>> List(pg::Pool& pool, const listing::Query& query,
                                         base::Deadline deadline);

// Deletes of all tenants what is older than `retention`, at most `limit` rows of each table.
// Returns how many of the one with more. Blocks.
absl::StatusOr<int64_t> Sweep(pg::Pool& pool, absl::Time now, absl::Duration retention, int limit);

}  // namespace crm::access
