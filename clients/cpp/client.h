#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message_lite.h>

#include <memory>
#include <string>
#include <utility>

#include "clients/cpp/channels.h"
#include "clients/cpp/methods.h"
#include "clients/cpp/request_id.h"
#include "clients/cpp/stage_event_watch.h"

namespace crm::client {

// The three services as one object: a call takes a request and returns its response or an error.
//
//   CRM_ASSIGN_OR_RETURN(auto client, Client::Connect(addresses, {.tenant = "acme"}));
//   lead::v1::GetLeadRequest request;
//   request.set_name("leads/018f…");
//   absl::StatusOr<lead::v1::GetLeadResponse> lead = client.Call(request);
//
// A writing request without a request id gets a fresh one, so UNAVAILABLE is tried again by the
// channel (see Channels). To be able to repeat a write after the process has died, set the id.
//
// Errors carry error::Details when the server sent them: reason, metadata, all violations, when to
// retry. A service without an address answers FAILED_PRECONDITION. Calls block until answered or
// the deadline; any number of threads may call. Cheap to copy.
class Client {
 public:
  // Does not connect yet. Without `credentials` in plain text. Errors: those of Check(Caller),
  // CheckTokenIsSafe and Channels::Make.
  static absl::StatusOr<Client> Connect(
      const Addresses& addresses, const Caller& caller,
      const std::shared_ptr<grpc::ChannelCredentials>& credentials = nullptr);
  Client(Channels channels, Caller caller)
      : channels_(std::move(channels)), caller_(std::move(caller)) {}

  // `limit`: the deadline, from now.
  template <class Request>
  absl::StatusOr<ResponseOf<Request>> Call(
      Request request, absl::Duration limit = MethodOf<Request>::kDeadline) const {
    if constexpr (HasRequestId<Request>) {
      if (request.request_id().empty()) request.set_request_id(NewRequestId());
    }
    return CallOn(MethodOf<Request>::kService, request, limit);
  }

  // For the methods that every service has: ListStageEvents, ListAccess.
  template <class Request>
  absl::StatusOr<ResponseOf<Request>> CallOn(
      Service service, const Request& request,
      absl::Duration limit = MethodOf<Request>::kDeadline) const {
    ResponseOf<Request> response;
    if (absl::Status status = Run(service, MethodOf<Request>::Path(), request, &response, limit);
        !status.ok()) {
      return status;
    }
    return response;
  }

  // Calls a listing method page after page and hands each response to `visit`, which returns
  // whether to go on.
  template <class Request, class Visit>
  absl::Status ForEachPage(const Request& request, Visit visit) const {
    return ForEachPageOf(MethodOf<Request>::kService, request, std::move(visit));
  }
  // The same for a method that every service has.
  template <class Request, class Visit>
  absl::Status ForEachPageOf(Service service, Request request, Visit visit) const {
    while (true) {
      absl::StatusOr<ResponseOf<Request>> page = CallOn(service, request);
      if (!page.ok()) return page.status();
      request.set_page_token(page->next_page_token());
      if (!visit(*page) || request.page_token().empty()) return absl::OkStatus();
    }
  }

  // The stage events of a service from where the request says; see StageEventWatch.
  std::unique_ptr<StageEventWatch> Watch(Service service,
                                         event::v1::SubscribeStageEventsRequest request,
                                         WatchOptions options = {}) const {
    return std::make_unique<StageEventWatch>(channels_, caller_, service, std::move(request),
                                             options);
  }

  const Caller& caller() const { return caller_; }

 private:
  absl::Status Run(Service service, const std::string& path,
                   const google::protobuf::MessageLite& request,
                   google::protobuf::MessageLite* response, absl::Duration limit) const;

  Channels channels_;
  Caller caller_;
};

}  // namespace crm::client
