#pragma once

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/occasion/occasion.h"
#include "common/rpc/call_context.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

// What handlers make of a request, the same in every service. Requests have been checked.
namespace crm::serving {

// The key of the caller's thing with this name, "<collection>/{uuid}".
inline aggregate::Key KeyOf(const rpc::CallContext& context, absl::string_view name,
                            absl::string_view collection) {
  return {context.tenant, rpc::ParseName(name, collection).value_or(base::Uuid())};
}

// The same for the things of one collection, as AnswerGets asks for it.
inline auto KeysIn(absl::string_view collection) {
  return [collection](const rpc::CallContext& context, absl::string_view name) {
    return KeyOf(context, name, collection);
  };
}

// Where AnswerGets gets things from.
template <class A>
auto GetFrom(aggregate::Repository<A>& things) {
  return [&things](absl::Span<const aggregate::Key> keys, auto deadline) {
    return things.Get(keys, deadline);
  };
}

// The id that the caller chose for a new thing, or a new one.
template <class Ports>
base::Uuid NewId(const Ports& ports, absl::string_view chosen) {
  return chosen.empty() ? ports.ids.New() : base::Uuid::Parse(chosen).value_or(base::Uuid());
}

// Who makes a change by this request, and when. Of `ports` clock and ids are needed.
template <class Ports, class Req>
occasion::Occasion OccasionOf(const Ports& ports, const rpc::CallContext& context,
                              const Req& request) {
  occasion::Occasion occasion;
  occasion.now = ports.clock.Now();
  if constexpr (requires { request.has_effective_time(); }) {
    if (request.has_effective_time()) {
      occasion.effective_time = rpc::TimeFrom(request.effective_time());
    }
  }
  occasion.event_id = ports.ids.New();
  occasion.actor = context.actor;
  occasion.request_id = absl::AsciiStrToLower(request.request_id());
  occasion.traceparent = context.traceparent;
  return occasion;
}

}  // namespace crm::serving
