#include "services/opportunity/opportunity_commands.h"

#include "common/serving/consumer_command.h"
#include "common/serving/dead_letter_command.h"

namespace crm::opportunity {

std::vector<serving::Command> OpportunityCommands(const OpportunityOptions& values) {
  return {serving::DeadLetterCommand(
              [](const serving::Process& process) { return std::vector{ErasuresOf(process)}; }),
          serving::ConsumerCommand([&values](const serving::Process& process) {
            return FollowedStreams(process, values);
          })};
}

}  // namespace crm::opportunity
