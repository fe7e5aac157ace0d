#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/base/random.h"
#include "services/lead/conversion/conversion_call.h"
#include "services/lead/conversion/opportunity_attempt.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The times of a conversion. An attempt waits no longer than its least patient caller and
// kMostPatience. Once it has begun it has kLeastTime in any case, for the order and for its second
// transaction each, so that an impatient caller does not leave it half done for nothing.
inline constexpr absl::Duration kMostPatience = absl::Seconds(10);
inline constexpr absl::Duration kLeastTime = absl::Seconds(2);
inline constexpr absl::Duration kLongestAttempt = absl::Seconds(12);
static_assert(kLongestAttempt < kConversionLease, "or two would attempt one conversion at once");

// An attempt that stayed without an answer is repeated after a pause that doubles each time, by a
// completer that looks every kCompleterInterval and takes kCompleterBatch conversions at once. All
// of a batch are ordered at the same time, so its size does not make an attempt longer.
inline constexpr absl::Duration kFirstBackOff = absl::Milliseconds(500);
inline constexpr absl::Duration kMostBackOff = absl::Minutes(1);
inline constexpr absl::Duration kCompleterInterval = absl::Milliseconds(500);
inline constexpr int kCompleterBatch = 32;

// An order that is refused may have been opened by an earlier attempt, so the opportunity is looked
// for before the conversion is abandoned. An earlier attempt may even be under way still; then the
// refusal has to stand for kRefusalWait.
inline constexpr absl::Duration kRefusalWait = kConversionLease;
static_assert(kRefusalWait > kLongestAttempt);
static_assert(kCompleterInterval <= kFirstBackOff, "or no pause would be as short as it says");

// Turns leads into opportunities: a saga with persisted state, forward recovery first.
//   1. One transaction: the lead becomes CONVERTING, all ids are fixed.
//   2. The opportunity is ordered, outside any transaction, idempotent by id and request id. When
//      it is there the contact gets its employer, if the plan names one.
//   3. One transaction: the lead becomes CONVERTED, or QUALIFIED again if the order was refused and
//      its opportunity is not there.
// A crash in between leaves a conversion that a retry of the call, or CompleteDue, completes with
// the same ids. Thread-safe; every method blocks.
class LeadConversions {
 public:
  struct Ports {
    aggregate::Repository<Lead>& leads;
    ConversionStore& store;
    OpportunityOpener& opener;
    const base::Clock& clock;
    base::IdGenerator& ids;
    // The serialized answer to a conversion, made from the lead it left behind.
    std::function<std::string(const Lead&)> answer;
    base::RandomSource random = base::RandomBits;
    // Told of each conversion that has entered a state; from any thread.
    std::function<void(ConversionState)> entered = [](ConversionState) {};
    EmployerLinker* employers = nullptr;  // nullptr: contacts get none
  };

  explicit LeadConversions(Ports ports) : ports_(std::move(ports)) {}

  // Converts all of `calls` in the same few steps and sets every outcome. Errors beside those of
  // StartConversion: REQUEST_ID_REUSED, CONVERSION_REFUSED, UNAVAILABLE NEIGHBOUR_UNAVAILABLE (the
  // lead stays CONVERTING and will be completed), CONVERSION_NEEDS_ATTENTION (it stays so, nothing
  // was tried), and database errors.
  void Convert(absl::Span<ConversionCall* const> calls);

  // Makes the next attempt at unfinished conversions that are due, at most `limit`. Returns how
  // many were taken. Any number of processes may do so at once.
  absl::StatusOr<int> CompleteDue(int limit);

 private:
  // One conversion under way, with everybody who waits for it.
  struct Run {
    Lead lead;
    int64_t attempt = 0;
    bool first = false;     // no other attempt can have been made
    bool given_up = false;  // nothing is to be opened any more
    std::optional<absl::Time> refused_since;
    std::vector<ConversionCall*> callers;
    OpeningReply reply;
    bool settled = false;  // by this run
    absl::StatusOr<std::string> outcome = absl::UnknownError("not run");
  };

  std::vector<Run> Begin(const std::vector<AskedConversion>& calls, base::Deadline deadline);
  // The second and third step, of an attempt that began at `start`.
  void Complete(std::vector<Run>& runs, base::SteadyTime start, base::Deadline deadline);
  void OrderOpportunities(std::vector<Run>& runs, base::Deadline deadline);
  bool IsDecided(const Run& run) const;
  void Settle(std::vector<Run>& runs, base::Deadline deadline);
  void SettleOnce(absl::Span<Run* const> runs, bool record_answers, base::Deadline deadline);
  aggregate::Change<Lead> SettlingChange(Run& run, bool record_answer);
  void Postpone(absl::Span<Run* const> runs, base::Deadline deadline);
  absl::Duration BackOff(int64_t attempt) const;

  const Ports ports_;
};

}  // namespace crm::lead
