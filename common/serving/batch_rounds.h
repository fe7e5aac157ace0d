#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"

// How long the calls of one batch wait together.
namespace crm::serving {

// The longest a batch may hold its connection, however patient its callers are.
inline constexpr absl::Duration kMostBatchTime = absl::Seconds(30);

// Deadlines that lie this close end together.
inline constexpr absl::Duration kBundle = absl::Milliseconds(50);

// A batch waits for its least patient call, so it is run in rounds: a round ends at the earliest
// deadline among its calls, or as much as kBundle later where other deadlines lie that close. Whose
// deadline has come by then is over, with DEADLINE_EXCEEDED; who has time left goes on in the next
// round. Calls with deadlines alike, the usual traffic, are one round. The last round ends
// kMostBatchTime after the start.
//
// Only what certainly did nothing is run again. A transaction that failed with DEADLINE_EXCEEDED
// was rolled back or never sent its COMMIT; one whose commit is in doubt fails with
// COMMIT_IN_DOUBT, which ends its calls, those with time left too: their callers know whether they
// may repeat them.
//
//   for (BatchRounds rounds(DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
//     ... run rounds.members() until rounds.end() ...
//     for (size_t i : rounds.members()) {
//       if (!rounds.GoesOn(i, status of call i)) finish call i;
//     }
//   }
class BatchRounds {
 public:
  // The calls are known by their places among `deadlines`.
  explicit BatchRounds(std::vector<base::Deadline> deadlines,
                       base::SteadyTime start = base::SteadyNow());

  // Whether no call is left.
  bool over() const { return members_.empty(); }
  // The calls of this round, in order.
  const std::vector<size_t>& members() const { return members_; }
  // When this round ends.
  base::Deadline end() const { return end_; }

  // Whether this member, to which `status` happened in this round, goes on in the next.
  bool GoesOn(size_t member, const absl::Status& status);
  // To the next round, of those that go on.
  void Next();

 private:
  base::Deadline EndOfRound() const;

  std::vector<base::Deadline> deadlines_;
  std::vector<size_t> members_;
  std::vector<size_t> next_;
  base::Deadline end_;
};

template <class CallType>
std::vector<base::Deadline> DeadlinesOf(absl::Span<CallType* const> calls) {
  std::vector<base::Deadline> deadlines;
  deadlines.reserve(calls.size());
  for (const CallType* call : calls) deadlines.push_back(call->context().deadline);
  return deadlines;
}

}  // namespace crm::serving
