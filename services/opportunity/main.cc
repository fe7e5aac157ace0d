// crm-opportunity: the composition root.

#include <memory>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/serving/service.h"
#include "services/opportunity/rpc/opportunity_service.h"
#include "services/opportunity/store/opportunity_reads.h"
#include "services/opportunity/store/opportunity_table.h"

namespace crm::opportunity {
namespace {

class OpportunityProcess final : public serving::Service {
 public:
  explicit OpportunityProcess(const serving::Process& process)
      : repository_(process.pool, table_, process.clock, process.on_commit),
        reads_(process.pool),
        service_(process.Bind("crm.opportunity.v1"),
                 {repository_, reads_, process.clock, process.ids}) {}

  std::vector<rpc::ServiceCore*> RpcServices() override { return {&service_}; }

 private:
  const OpportunityTable table_;
  aggregate::PgRepository<Opportunity> repository_;
  const OpportunityReads reads_;
  OpportunityService service_;
};

serving::ServiceDefinition Definition() {
  serving::ServiceDefinition definition;
  definition.name = "opportunity";
  definition.description = "Opportunities: from a qualified lead to a sale won or lost.";
  definition.migrations = Migrations();
  definition.make =
      [](const serving::Process& process) -> absl::StatusOr<std::unique_ptr<serving::Service>> {
    return std::make_unique<OpportunityProcess>(process);
  };
  return definition;
}

}  // namespace
}  // namespace crm::opportunity

int main(int argc, char** argv) {
  return crm::serving::Run(argc, argv, crm::opportunity::Definition());
}
