#include "common/serving/dead_letter_command.h"

#include <cstdint>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "common/base/status.h"
#include "common/event/dead_letters.h"

namespace crm::serving {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kMostShown = 1000;

absl::Status Print(pg::Pool& pool, const std::string& consumer, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const std::vector<event::DeadLetter> letters,
                       event::ListDeadLetters(pool, consumer, kMostShown, deadline));
  for (const event::DeadLetter& letter : letters) {
    std::printf("%s\t%lld\t%s\t%d\t%s\n", letter.stream.c_str(),
                static_cast<long long>(letter.sequence), letter.event_id.c_str(), letter.attempts,
                letter.reason.c_str());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunDeadLetters(pg::Pool& pool, const base::Clock& clock, const std::string& consumer,
                            const event::Effect& effect,
                            const std::vector<std::string>& arguments) {
  const base::Deadline deadline = clock.Now() + kPatience;
  if (arguments.empty()) return Print(pool, consumer, deadline);
  int64_t sequence = 0;
  if (arguments.size() != 3 || arguments[0] != "replay" ||
      !absl::SimpleAtoi(arguments[2], &sequence)) {
    return absl::InvalidArgumentError("usage: dead-letters [replay STREAM SEQUENCE]");
  }
  CRM_RETURN_IF_ERROR(
      event::ReplayDeadLetter(pool, consumer, arguments[1], sequence, effect, deadline));
  std::printf("replayed\n");
  return absl::OkStatus();
}

}  // namespace crm::serving
