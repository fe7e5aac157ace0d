#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/rpc/method.h"
#include "common/rpc/stream_method.h"

namespace crm::rpc {

// The part of a service that does not depend on what its handlers need. Create before the server
// starts, destroy after the server is shut down and the executor stopped.
class ServiceCore : public grpc::Service {
 public:
  // "crm.lead.v1.LeadService".
  const std::string& name() const { return descriptor_.full_name(); }

  // Ends the process, naming the method, if one of the service's proto is not bound.
  void RequireAllBound() const;

  // Ends the streams that are open and takes no more of them, since the server is about to stop.
  // Blocks for a second at most.
  virtual void EndStreams() {}

 protected:
  ServiceCore(const char* full_name, const Binding& binding);

  const Binding& binding() const { return binding_; }

  enum class Answer { kMessage, kStream };

  // The method of this service. Ends the process if it has none of that name, or one that takes or
  // returns other messages, or answers in the other way, or takes a stream.
  const google::protobuf::MethodDescriptor& Find(absl::string_view method,
                                                 const google::protobuf::Descriptor* request,
                                                 const google::protobuf::Descriptor* response,
                                                 Answer answer = Answer::kMessage) const;
  // Ends the process if the method is bound already or the executor has no such lane.
  void Add(std::unique_ptr<MethodCore> method);
  void AddStream(std::unique_ptr<StreamMethodCore> method);

 private:
  const google::protobuf::ServiceDescriptor& descriptor_;
  const Binding binding_;
  // By their index in the proto.
  std::vector<std::unique_ptr<MethodCore>> methods_;
  std::vector<std::unique_ptr<StreamMethodCore>> streams_;
  int added_ = 0;
};

// A gRPC service made from its description in the proto and one line for each method:
//
//   LeadService::LeadService(const rpc::Binding& binding, const Ports& ports)
//       : Service(v1::LeadService::service_full_name(), binding, ports) {
//     Batched("GetLead", Lane::kRead, batch::kGets, Check, GetLeads);
//     Single("ListLeads", Lane::kRead, Check, ListLeads);
//   }
//
// The messages are those of the handler; `Check` may be an overload set. What does not agree with
// the proto ends the process with the method's name. `Ports` is what the handlers are given.
template <class Ports>
class Service : public ServiceCore {
 protected:
  template <class Req>
  using CheckOf = std::type_identity_t<void (*)(const Req&, Validation&)>;

  Service(const char* full_name, const Binding& binding, const Ports& ports)
      : ServiceCore(full_name, binding), ports_(ports) {}

  // The handler gets all calls that wait, up to `limit` (batch_limits.h), and finishes each.
  template <class Req, class Resp>
  void Batched(absl::string_view method, Lane lane, size_t limit, CheckOf<Req> check,
               void (*handler)(const Ports&, Calls<Req, Resp>)) {
    Bind<Req, Resp>(method, lane, limit, check,
                    [this, handler](Calls<Req, Resp> calls) { handler(ports_, calls); });
  }

  // The handler gets one call; its status is the answer.
  template <class Req, class Resp>
  void Single(absl::string_view method, Lane lane, CheckOf<Req> check,
              absl::Status (*handler)(const Ports&, const CallContext&, const Req&, Resp&)) {
    Bind<Req, Resp>(method, lane, 1, check, [this, handler](Calls<Req, Resp> calls) {
      Call<Req, Resp>& call = *calls[0];
      call.Finish(handler(ports_, call.context(), call.request(), call.response()));
    });
  }

  // A method that answers with a stream of Resp; see StreamMethod.
  template <class Req, class Resp>
  void Stream(absl::string_view method, CheckOf<Req> check,
              typename StreamMethod<Req>::Opener open) {
    AddStream(std::make_unique<StreamMethod<Req>>(
        binding(), Find(method, Req::descriptor(), Resp::descriptor(), Answer::kStream), check,
        std::move(open)));
  }

  const Ports& ports() const { return ports_; }

 private:
  template <class Req, class Resp>
  void Bind(absl::string_view method, Lane lane, size_t limit, CheckOf<Req> check,
            typename Method<Req, Resp>::Handler handler) {
    Add(std::make_unique<Method<Req, Resp>>(binding(),
                                            Find(method, Req::descriptor(), Resp::descriptor()),
                                            lane, limit, check, std::move(handler)));
  }

  const Ports ports_;
};

}  // namespace crm::rpc
