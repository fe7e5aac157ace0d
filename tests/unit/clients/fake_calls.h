#pragma once

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/field_mask_util.h>
#include <grpcpp/server_builder.h>

#include <string>

#include "tests/unit/clients/fake_services.h"

// How the services in memory answer calls.
namespace crm::client {

using grpc::ServerContext;
using grpc::Status;

inline Status Missing() { return Refusal(grpc::StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"); }
inline Status Taken() { return Refusal(grpc::StatusCode::ALREADY_EXISTS, "DUPLICATE_ID"); }
inline Status WrongState() {
  return Refusal(grpc::StatusCode::FAILED_PRECONDITION, "STATE_INVALID");
}
// EFFECTIVE_TIME_INVALID where `time` lies before `previous`, which becomes it.
template <class Request, class Time>
Status Enter(const Request& request, Time* previous) {
  if (!request.has_effective_time()) return Status::OK;
  if (request.effective_time().seconds() < previous->seconds()) {
    return Refusal(grpc::StatusCode::INVALID_ARGUMENT, "EFFECTIVE_TIME_INVALID");
  }
  *previous = request.effective_time();
  return Status::OK;
}

inline std::string Metadata(ServerContext* context, const char* key) {
  const auto it = context->client_metadata().find(key);
  return it == context->client_metadata().end() ? ""
                                                : std::string(it->second.data(), it->second.size());
}

// Runs `work` as one call of `method` on `subject`.
template <class Work>
Status Serve(FakeServices* fake, ServerContext* context, const char* method,
             const std::string& subject, Work work) {
  absl::MutexLock lock(&fake->mutex);
  ++fake->counts[method];
  fake->tenant = Metadata(context, "x-crm-tenant");
  fake->actor = Metadata(context, "x-crm-actor");
  if (fake->before) {
    if (Status status = fake->before(method, subject); !status.ok()) return status;
  }
  Status status = work();
  if (status.ok() && fake->after) status = fake->after(method);
  return status;
}

// The same for a write: a request id seen before gets its first effect again, none.
template <class Request, class Work, class Replay>
Status Write(FakeServices* fake, ServerContext* context, const char* method,
             const std::string& subject, const Request& request, Work work, Replay replay) {
  return Serve(fake, context, method, subject, [&]() -> Status {
    const std::string text = request.SerializeAsString();
    if (const auto seen = fake->requests.find(request.request_id());
        seen != fake->requests.end() && fake->remember_requests) {
      if (seen->second == text) return replay();
      return Refusal(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REUSED");
    }
    const Status status = work();
    if (status.ok()) {
      fake->requests[request.request_id()] = text;
      ++fake->writes;
    }
    return status;
  });
}

template <class Map, class Request, class Add, class Response>
Status BatchGet(const Map& map, const Request& request, Add add, Response* response) {
  for (const std::string& name : request.names()) {
    const auto it = map.find(name);
    if (it == map.end()) {
      response->add_missing_names(name);
    } else {
      *add() = it->second;
    }
  }
  return Status::OK;
}

// An update of one of `map`, by its mask.
template <class Map, class Request, class Message>
Status Update(FakeServices* fake, ServerContext* context, const char* method, Map& map,
              const Request& request, const Message& message) {
  return Write(
      fake, context, method, message.name(), request,
      [&] {
        if (!map.contains(message.name())) return Missing();
        google::protobuf::util::FieldMaskUtil::MergeOptions options;
        options.set_replace_message_fields(true);
        options.set_replace_repeated_fields(true);
        Message& target = map[message.name()];
        google::protobuf::util::FieldMaskUtil::MergeMessageTo(message, request.update_mask(),
                                                              options, &target);
        target.set_etag(absl::StrCat(fake->writes));
        return Status::OK;
      },
      [] { return Status::OK; });
}

}  // namespace crm::client
