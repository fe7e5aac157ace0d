#include "services/opportunity/store/catalog.h"

#include "common/aggregate/listing.h"
#include "common/base/status.h"
#include "services/opportunity/store/opportunity_table.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

constexpr aggregate::ListedField kFields[] = {
    {"stage", "text", "stage"},
    {"stage_type", "text", "stage_type"},
    {"owner", "text", "owner"},
    {"contact", "uuid", "contact"},
    {"lead", "uuid", "lead"},
    {"pipeline", "text", "pipeline"},
    {"external_id", "text", "external_id"},
    {"create_time", "timestamptz", "create_time"},
};

constexpr aggregate::Listing kListing{statements::kListSelect, nullptr, kFields};

}  // namespace

absl::StatusOr<std::vector<Opportunity>> Catalog::List(const aggregate::ListQuery& query,
                                                       absl::Time deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, aggregate::List(pool_, kListing, query, deadline));
  const OpportunityTable table;
  std::vector<Opportunity> page;
  page.reserve(rows.size());
  for (const pg::Row row : rows) page.push_back(table.Read(row));
  return page;
}

}  // namespace crm::opportunity
