#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/aggregate/revision.h"
#include "common/base/status.h"
#include "common/rpc/call_context.h"
#include "common/rpc/field_values.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/validation.h"
#include "common/serving/batch_read.h"
#include "common/serving/page_bytes.h"

// Field history as the services answer it: Get with as_of, and ListRevisions.
namespace crm::serving {

// What is wrong with the as_of_revision or as_of_time of a Get.
template <class Req>
void CheckAsOf(const Req& request, rpc::Validation& v) {
  if (request.has_as_of_revision() && request.as_of_revision() < 1) {
    v.Custom("as_of_revision", "must be at least 1");
  }
  v.TimestampField("as_of_time", request.has_as_of_time(), request.as_of_time(), rpc::kOptional);
}

// The moment that a Get asks for; nothing: the present.
template <class Req>
std::optional<aggregate::Moment> MomentOf(const Req& request) {
  if (request.has_as_of_revision()) return aggregate::Moment(request.as_of_revision());
  if (request.has_as_of_time()) return aggregate::Moment(rpc::TimeFrom(request.as_of_time()));
  return std::nullopt;
}

// Gives `answer` the thing that a Get asks for: `thing`, which has just been read, or what
// `as_of(thing, moment)` makes of it.
template <class A, class Req, class AsOf, class Answer>
absl::Status AnswerAsOf(const Req& request, const A& thing, const AsOf& as_of,
                        const Answer& answer) {
  const std::optional<aggregate::Moment> moment = MomentOf(request);
  if (!moment.has_value()) {
    answer(thing);
    return absl::OkStatus();
  }
  CRM_ASSIGN_OR_RETURN(const A then, as_of(thing, *moment));
  answer(then);
  return absl::OkStatus();
}

// AnswerGets of calls that may ask for a thing as it was: `as_of(thing, moment, deadline)` tells
// it, `show(call, thing)` puts it into the response.
template <class CallType, class KeyOf, class Get, class AsOf, class Show>
void AnswerGetsAsOf(absl::Span<CallType* const> calls, const KeyOf& key_of, const Get& get,
                    const AsOf& as_of, const Show& show) {
  AnswerGets(calls, key_of, get,
             [&](CallType& call, const auto& present, base::Deadline deadline) -> absl::Status {
               return AnswerAsOf(
                   call.request(), present,
                   [&](const auto& thing, const aggregate::Moment& moment) {
                     return as_of(thing, moment, deadline);
                   },
                   [&](const auto& thing) { show(call, thing); });
             });
}

// The calls that ask for a thing as it was, or those that ask for it as it is.
template <class CallType>
std::vector<CallType*> CallsThatAsk(absl::Span<CallType* const> calls, bool as_it_was) {
  std::vector<CallType*> those;
  for (CallType* call : calls) {
    if (MomentOf(call->request()).has_value() == as_it_was) those.push_back(call);
  }
  return those;
}

// Pages by a number (≥ 1) that rises or falls along the list. The number after which the page
// begins, 0 at first; INVALID_ARGUMENT PAGE_TOKEN_INVALID.
absl::StatusOr<int64_t> NumberAfter(const rpc::CallContext& context, absl::string_view name,
                                    absl::string_view page_token);
// The token of the page behind the one that ends with `last`.
std::string TokenAfter(const rpc::CallContext& context, absl::string_view name, int64_t last);

// Answers one page of what has rising numbers, the newest first: `list(before, limit)` reads those
// before a number, or from the latest on; `add(response, item)` puts one into the response and
// tells its number.
template <class Req, class Resp, class List, class Add>
absl::Status AnswerNewestFirst(const rpc::CallContext& context, const Req& request, Resp& response,
                               const List& list, const Add& add) {
  CRM_ASSIGN_OR_RETURN(const int64_t last, NumberAfter(context, "", request.page_token()));
  const int size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(const auto found,
                       list(last == 0 ? std::nullopt : std::optional(last), size + 1));
  int64_t number = 0;
  Resp one;
  const size_t shown = FillPage(found, static_cast<size_t>(size), [&](const auto& item) -> Resp& {
    one.Clear();
    number = add(one, item);
    response.MergeFrom(one);
    return one;
  });
  if (found.size() > shown) response.set_next_page_token(TokenAfter(context, "", number));
  return absl::OkStatus();
}

// Fills one message of a revision. `to_proto(thing, message)` is how the service shows a thing.
// What Message has no field for is left out; "field.part" counts as the field.
template <class Message, class A, class Revision, class ToProto>
void SetRevision(const aggregate::ReadRevision<A>& read, const ToProto& to_proto,
                 Revision& message) {
  const aggregate::Revision& revision = read.revision;
  message.set_revision(revision.revision);
  rpc::SetTime(revision.record_time, message.mutable_record_time());
  message.set_actor(revision.author.actor);
  message.set_method(revision.author.method);
  if (revision.request_id) message.set_request_id(revision.request_id->ToString());
  Message before;
  Message after;
  to_proto(read.before, before);
  to_proto(read.after, after);
  const rpc::FieldValues from(before);
  const rpc::FieldValues to(after);
  absl::flat_hash_set<std::string> shown;
  for (const aggregate::ReadChange& change : read.changes) {
    const std::string name = change.field.substr(0, change.field.find('.'));
    if (!to.Knows(name) || !shown.insert(name).second) continue;
    auto& field = *message.add_changes();
    field.set_field(name);
    if (change.erased) continue;
    if (revision.previous_time) from.Set(name, field.mutable_from());
    to.Set(name, field.mutable_to());
  }
}

// Answers ListRevisions. `read(after, limit)` gives revisions, `exists()` is OK if there is the
// thing, which may be older than its history; Message is the thing's.
template <class Message, class Req, class Resp, class Read, class Exists, class ToProto>
absl::Status AnswerRevisions(const rpc::CallContext& context, const Req& request, Resp& response,
                             const Read& read, const Exists& exists, const ToProto& to_proto) {
  CRM_ASSIGN_OR_RETURN(const int64_t after,
                       NumberAfter(context, request.name(), request.page_token()));
  const size_t size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(const auto found, read(after, static_cast<int>(size) + 1));
  if (found.empty() && after == 0) return exists();
  const size_t shown = FillPage(
      found, size, [&](const auto& item) -> const auto& {
        auto& revision = *response.add_revisions();
        SetRevision<Message>(item, to_proto, revision);
        return revision;
      });
  if (found.size() > shown) {
    response.set_next_page_token(
        TokenAfter(context, request.name(), found[shown - 1].revision.revision));
  }
  return absl::OkStatus();
}

}  // namespace crm::serving
