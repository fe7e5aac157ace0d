#include "common/serving/dead_letter_command.h"

#include <cstdint>
#include <cstdio>
#include <utility>

#include "absl/strings/numbers.h"
#include "common/base/status.h"
#include "common/event/dead_letters.h"
#include "common/stage/stage_effect.h"

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

absl::Status Replay(pg::Pool& pool, absl::Span<const LetterReader> readers,
                    const std::string& stream, int64_t sequence, base::Deadline deadline) {
  absl::Status status = absl::NotFoundError("there is no such letter");
  for (const LetterReader& reader : readers) {
    status =
        event::ReplayDeadLetter(pool, reader.consumer, stream, sequence, reader.effect, deadline);
    if (!absl::IsNotFound(status)) break;
  }
  return status;
}

}  // namespace

absl::Status RunDeadLetters(pg::Pool& pool, const base::Clock& clock,
                            absl::Span<const LetterReader> readers,
                            const std::vector<std::string>& arguments) {
  const base::Deadline deadline = clock.Now() + kPatience;
  if (arguments.empty()) {
    for (const LetterReader& reader : readers) {
      CRM_RETURN_IF_ERROR(Print(pool, reader.consumer, deadline));
    }
    return absl::OkStatus();
  }
  int64_t sequence = 0;
  if (arguments.size() != 3 || arguments[0] != "replay" ||
      !absl::SimpleAtoi(arguments[2], &sequence)) {
    return absl::InvalidArgumentError("usage: dead-letters [replay STREAM SEQUENCE]");
  }
  CRM_RETURN_IF_ERROR(Replay(pool, readers, arguments[1], sequence, deadline));
  std::printf("replayed\n");
  return absl::OkStatus();
}

Command DeadLetterCommand(std::function<std::vector<SubscriptionPlan>(const Process&)> plans) {
  return {
      "dead-letters", "list the events that were given up on; \"replay STREAM SEQUENCE\" one",
      [plans = std::move(plans)](const Process& process, const std::vector<std::string>& words) {
        std::vector<LetterReader> readers;
        for (const SubscriptionPlan& plan : plans(process)) {
          readers.push_back({plan.consumer, stage::EffectOf(plan.effect)});
        }
        return RunDeadLetters(process.pool, process.clock, readers, words);
      }};
}

}  // namespace crm::serving
