#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/serving/batch_write.h"
#include "common/serving/requests.h"

// Calls that change one existing thing each.
namespace crm::serving {

// The change by a request of the thing that `named` (the request, or a message in it) tells by name
// and etag. Rule and answer are still missing.
template <class A, class Req, class Named>
aggregate::Change<A> ChangeOf(const rpc::CallContext& context, const Req& request,
                              const Named& named, absl::string_view collection) {
  aggregate::Change<A> change;
  change.key = KeyOf(context, named.name(), collection);
  change.etag = named.etag();
  change.request = RequestOf(context, request);
  change.author = AuthorOf(context);
  return change;
}

// The same by a call.
template <class A, class CallType, class Named>
aggregate::Change<A> ChangeOf(const CallType& call, const Named& named,
                              absl::string_view collection) {
  return ChangeOf<A>(call.context(), call.request(), named, collection);
}

// Answers calls that name their thing by name and etag: `rule(thing, request, occasion)` is what
// each does, `answer(thing)` gives its serialized response. The requests live until the batch is
// answered.
template <class A, class Ports, class CallType, class Answer, class Rule>
void AnswerMoves(aggregate::Repository<A>& things, absl::string_view collection, const Ports& ports,
                 absl::Span<CallType* const> calls, const Answer& answer, const Rule& rule) {
  UpdateBatch(things, calls, [&](const CallType& call) -> absl::StatusOr<aggregate::Change<A>> {
    auto change = ChangeOf<A>(call, call.request(), collection);
    change.apply = [&request = call.request(), rule,
                    occasion = OccasionOf(ports, call.context(), call.request())](
                       A& thing) -> absl::Status { return rule(thing, request, occasion); };
    change.answer = answer;
    return change;
  });
}

// Answers calls that update the thing in their request, `thing_in(request)`: `edit_of(request)`
// gives the new values once, `edit(thing, values)` sets them.
template <class A, class CallType, class ThingIn, class Answer, class EditOf, class Edit>
void AnswerUpdates(aggregate::Repository<A>& things, absl::string_view collection,
                   absl::Span<CallType* const> calls, const ThingIn& thing_in, const Answer& answer,
                   const EditOf& edit_of, const Edit& edit) {
  UpdateBatch(things, calls, [&](const CallType& call) -> absl::StatusOr<aggregate::Change<A>> {
    const auto& request = call.request();
    auto change = ChangeOf<A>(call, std::invoke(thing_in, request), collection);
    change.apply = [edit, values = edit_of(request)](A& thing) -> absl::Status {
      return edit(thing, values);
    };
    change.answer = answer;
    return change;
  });
}

}  // namespace crm::serving
