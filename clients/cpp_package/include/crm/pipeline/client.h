#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message_lite.h>

#include <memory>
#include <string>
#include <utility>

#include "crm/pipeline/errors.h"
#include "crm/pipeline/methods.h"
#include "crm/pipeline/settings.h"
#include "crm/pipeline/watch.h"

namespace crm::pipeline {

class Connection;

// The three servers as one object: a call takes a request and returns its response or an error.
//
//   auto client = Client::Connect();
//   lead::v1::GetLeadRequest request;
//   request.set_name("leads/018f…");
//   absl::StatusOr<lead::v1::GetLeadResponse> found = client->Call(request);
//
// A writing request without a request id gets one, so that what passes by itself is tried again
// until the call's deadline, with one effect. To be able to repeat a write after the process has
// died, set the id. Errors carry details (DetailsOf); a server without an address is
// FAILED_PRECONDITION. Calls block; any number of threads may call. Cheap to copy.
class Client {
 public:
  // By what is given, then the environment, then the stack file: see Settings::Find. Connects with
  // the first call.
  static absl::StatusOr<Client> Connect(Settings given = {}, std::string stack = {});

  // `limit`: the deadline of all attempts together, from now.
  template <class Request>
  absl::StatusOr<ResponseOf<Request>> Call(
      Request request, absl::Duration limit = MethodOf<Request>::kDeadline) const {
    return CallOn(MethodOf<Request>::kServer, std::move(request), limit);
  }

  // For what every server has for itself: ListStageEvents, ListAccess.
  template <class Request>
  absl::StatusOr<ResponseOf<Request>> CallOn(
      Server server, Request request, absl::Duration limit = MethodOf<Request>::kDeadline) const {
    MethodOf<Request>::FillIds(request);
    ResponseOf<Request> response;
    absl::Status status = Run(server, MethodOf<Request>::Path(), request, &response, limit);
    if (!status.ok()) return status;
    return response;
  }

  // Hands all things of a list to `visit`, page after page, while it returns true.
  template <class Request, class Visit>
  absl::Status ListAll(Request request, Visit visit) const {
    while (true) {
      absl::StatusOr<ResponseOf<Request>> page = Call(request);
      if (!page.ok()) return page.status();
      for (const auto& item : MethodOf<Request>::Items(*page)) {
        if (!visit(item)) return absl::OkStatus();
      }
      if (page->next_page_token().empty()) return absl::OkStatus();
      request.set_page_token(page->next_page_token());
    }
  }

  // The stage events of a server, for ever; see StageEventWatch.
  StageEventWatch WatchStageEvents(Server server,
                                   event::v1::SubscribeStageEventsRequest from) const;

 private:
  explicit Client(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  absl::Status Run(Server server, const std::string& path,
                   const google::protobuf::MessageLite& request,
                   google::protobuf::MessageLite* response, absl::Duration limit) const;

  std::shared_ptr<Connection> connection_;
};

}  // namespace crm::pipeline
