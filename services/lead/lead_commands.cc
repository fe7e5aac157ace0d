#include "services/lead/lead_commands.h"

#include <string>

#include "common/serving/consumer_command.h"
#include "common/serving/dead_letter_command.h"
#include "services/lead/conversion/conversion_command.h"
#include "services/lead/lead_streams.h"
#include "services/lead/store/pg_conversion_store.h"

namespace crm::lead {

std::vector<serving::Command> LeadCommands(const LeadOptions& values) {
  return {{"conversions", "list those that need attention; \"retry ID|all\", \"give-up ID\"",
           [](const serving::Process& process, const std::vector<std::string>& words) {
             PgConversionStore store(process.pool);
             return RunConversions(store, process.clock, words);
           }},
          serving::DeadLetterCommand(
              [&values](const serving::Process& process) { return PlansOf(process, values); }),
          serving::ConsumerCommand([&values](const serving::Process& process) {
            return FollowedStreams(process, values);
          })};
}

}  // namespace crm::lead
