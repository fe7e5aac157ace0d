#pragma once

#include <vector>

#include "common/aggregate/revisions.h"
#include "common/event/migrations/migrations.h"
#include "common/idempotency/ledger.h"
#include "services/opportunity/store/opportunity_table.h"

namespace crm::opportunity::testing {

// Everything that the service's schema consists of, in order.
inline std::vector<pg::MigrationSet> SchemaMigrations() {
  const auto events = event::Migrations();
  return {{"event", {events.begin(), events.end()}},
          idempotency::Migrations(),
          aggregate::Migrations(),
          Migrations()};
}

}  // namespace crm::opportunity::testing
