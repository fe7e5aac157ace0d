#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/occasion/occasion.h"
#include "common/rpc/message_text.h"
#include "common/rpc/validation.h"
#include "tests/fuzz/target.h"

// Requests on their way from the wire to what a handler would store.
namespace crm::fuzz {

inline absl::Time Now() { return absl::FromUnixSeconds(1'795'757'000); }

inline occasion::Occasion AnOccasion() {
  occasion::Occasion occasion;
  occasion.now = Now();
  occasion.event_id = base::Uuid(1, 2);
  occasion.actor = "agent";
  return occasion;
}

// A method, and what is made of the bytes of its request.
struct HandledMethod {
  std::string name;
  void (*run)(absl::string_view bytes);
};

// Parses, checks as the service does, and hands what passed to `handle`. What does not must be
// tellable.
template <class Req, void (*check)(const Req&, rpc::Validation&), void (*handle)(const Req&)>
void HandleRequest(absl::string_view bytes) {
  Req request;
  bool suspicious = false;
  const grpc::Slice slice(bytes.data(), bytes.size());
  if (!rpc::ParseMessage(grpc::ByteBuffer(&slice, 1), &request, &suspicious)) return;
  if (!rpc::TextViolations(request).empty()) return;
  rpc::Validation validation(Now());
  check(request, validation);
  if (!validation.ok()) return RequireTellable(validation.ToStatus());
  if constexpr (handle != nullptr) handle(request);
}

// The method of a request. Without `handle` it is checked alone.
template <class Req, void (*check)(const Req&, rpc::Validation&),
          void (*handle)(const Req&) = nullptr>
HandledMethod Handled() {
  return {std::string(absl::StripSuffix(Req::descriptor()->name(), "Request")),
          &HandleRequest<Req, check, handle>};
}

// Whether the rules took it; what they say otherwise must be readable.
inline bool Taken(const absl::Status& status) {
  if (!status.ok()) RequireReadable(status);
  return status.ok();
}

// What was made can be shown: as a message of sound texts that can be read.
template <class Message, class Thing>
void RequireShownAs(const Thing& thing) {
  Message shown;
  ToProto(thing, shown);
  Require(rpc::TextViolations(shown).empty(), "what is shown is UTF-8 without NUL bytes");
  Message again;
  Require(again.ParseFromString(shown.SerializeAsString()), "what is shown can be read");
}

// Runs the method that the first line names.
inline void RunMethod(absl::string_view input, const std::vector<HandledMethod>& methods) {
  const absl::string_view name = TakeLine(input);
  for (const HandledMethod& method : methods) {
    if (method.name == name) return method.run(input);
  }
}

}  // namespace crm::fuzz
