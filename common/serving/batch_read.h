#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/serving/batch_write.h"

// Between a batch of reading calls and a repository.
namespace crm::serving {

// Answers calls that name one thing each. `key_of(context, name)` gives its key, `get(keys,
// deadline)` each thing or its error, as Repository::Get does, `answer(call, thing)` the call's
// status. Every call is finished.
template <class CallType, class KeyOf, class Get, class Answer>
void AnswerGets(absl::Span<CallType* const> calls, const KeyOf& key_of, const Get& get,
                const Answer& answer) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (const CallType* call : calls) {
    keys.push_back(key_of(call->context(), call->request().name()));
  }
  const auto found = get(absl::MakeConstSpan(keys), BatchDeadline(calls));
  for (size_t i = 0; i < calls.size(); ++i) {
    calls[i]->Finish(found[i].ok() ? answer(*calls[i], *found[i]) : found[i].status());
  }
}

// Answers calls that name several things each: `add(response, thing)` takes one that is there, what
// is not goes to missing_names. A call fails when one of its things cannot be read: an answer
// without it would look complete. Every call is finished.
template <class CallType, class KeyOf, class Get, class Add>
void AnswerBatchGets(absl::Span<CallType* const> calls, const KeyOf& key_of, const Get& get,
                     const Add& add) {
  std::vector<aggregate::Key> keys;
  for (const CallType* call : calls) {
    for (const std::string& name : call->request().names()) {
      keys.push_back(key_of(call->context(), name));
    }
  }
  const auto found = get(absl::MakeConstSpan(keys), BatchDeadline(calls));
  size_t at = 0;
  for (CallType* call : calls) {
    absl::Status failure;
    for (const std::string& name : call->request().names()) {
      const auto& thing = found[at++];
      if (thing.ok()) {
        add(call->response(), *thing);
      } else if (absl::IsNotFound(thing.status())) {
        call->response().add_missing_names(name);
      } else {
        failure = thing.status();
      }
    }
    call->Finish(failure);
  }
}

}  // namespace crm::serving
