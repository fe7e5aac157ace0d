#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/serving/batch_rounds.h"

// Between a batch of reading calls and a repository.
namespace crm::serving {

// Answers calls that name one thing each. `key_of(context, name)` gives its key, `get(keys,
// deadline)` each thing or its error, as Repository::Get does, `answer(call, thing)` the call's
// status; it is `answer(call, thing, deadline)` if it has to wait for something. In rounds
// (batch_rounds.h). Every call is finished.
template <class CallType, class KeyOf, class Get, class Answer>
void AnswerGets(absl::Span<CallType* const> calls, const KeyOf& key_of, const Get& get,
                const Answer& answer) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (BatchRounds rounds(DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
    keys.clear();
    for (const size_t i : rounds.members()) {
      keys.push_back(key_of(calls[i]->context(), calls[i]->request().name()));
    }
    const auto found = get(absl::MakeConstSpan(keys), rounds.end());
    const auto answered = [&](CallType& call, const auto& thing) -> absl::Status {
      if (!thing.ok()) return thing.status();
      if constexpr (std::is_invocable_v<Answer, CallType&, decltype(*thing), base::Deadline>) {
        return answer(call, *thing, rounds.end());
      } else {
        return answer(call, *thing);
      }
    };
    auto next = found.begin();
    for (const size_t i : rounds.members()) {
      const absl::Status status = answered(*calls[i], *next++);
      if (!rounds.GoesOn(i, status)) calls[i]->Finish(status);
    }
  }
}

// Fills the answer to a call that names several things, from `found` on, one for each name.
template <class CallType, class Found, class Add>
void AnswerFound(CallType& call, Found found, const Add& add) {
  for (const std::string& name : call.request().names()) {
    const auto& thing = *found++;
    if (thing.ok()) {
      add(call.response(), *thing);
    } else {
      call.response().add_missing_names(name);
    }
  }
  call.Finish(absl::OkStatus());
}

// Answers calls that name several things each: `add(response, thing)` takes one that is there, what
// is not goes to missing_names. A call fails when one of its things cannot be read: an answer
// without it would look complete. In rounds (batch_rounds.h). Every call is finished.
template <class CallType, class KeyOf, class Get, class Add>
void AnswerBatchGets(absl::Span<CallType* const> calls, const KeyOf& key_of, const Get& get,
                     const Add& add) {
  for (BatchRounds rounds(DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
    std::vector<aggregate::Key> keys;
    for (const size_t i : rounds.members()) {
      for (const std::string& name : calls[i]->request().names()) {
        keys.push_back(key_of(calls[i]->context(), name));
      }
    }
    const auto found = get(absl::MakeConstSpan(keys), rounds.end());
    auto first = found.begin();
    for (const size_t i : rounds.members()) {
      const auto end = first + calls[i]->request().names_size();
      const auto failed = std::find_if(first, end, [](const auto& thing) {
        return !thing.ok() && !absl::IsNotFound(thing.status());
      });
      if (failed == end) {
        AnswerFound(*calls[i], first, add);
      } else if (!rounds.GoesOn(i, failed->status())) {
        calls[i]->Finish(failed->status());
      }
      first = end;
    }
  }
}

}  // namespace crm::serving
