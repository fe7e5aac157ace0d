#include "common/rpc/service.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>

#include <cstdio>
#include <cstdlib>

namespace crm::rpc {
namespace {

using google::protobuf::MethodDescriptor;

// For mistakes in the program, which show at its start.
[[noreturn]] void Die(absl::string_view name, absl::string_view problem) {
  std::fprintf(stderr, "%s %s\n", std::string(name).c_str(), std::string(problem).c_str());
  std::abort();
}

const google::protobuf::ServiceDescriptor& DescriptorOf(const char* full_name) {
  const auto* const found =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  if (found == nullptr) Die(full_name, "is not a service of this program's protos");
  return *found;
}

}  // namespace

ServiceCore::ServiceCore(const char* full_name, const Binding& binding)
    : descriptor_(DescriptorOf(full_name)),
      binding_(binding),
      methods_(static_cast<size_t>(descriptor_.method_count())),
      streams_(methods_.size()) {}

const MethodDescriptor& ServiceCore::Find(absl::string_view method,
                                          const google::protobuf::Descriptor* request,
                                          const google::protobuf::Descriptor* response,
                                          Answer answer) const {
  const MethodDescriptor* const found = descriptor_.FindMethodByName(std::string(method));
  if (found == nullptr) Die(absl::StrCat(name(), "/", method), "is not a method of the proto");
  if (found->client_streaming() || found->server_streaming() != (answer == Answer::kStream)) {
    Die(found->full_name(), found->server_streaming() ? "is a stream" : "is no stream");
  }
  if (found->input_type()->full_name() != request->full_name() ||
      found->output_type()->full_name() != response->full_name()) {
    Die(found->full_name(), absl::StrCat("is bound to a handler that takes ", request->full_name(),
                                         " and returns ", response->full_name()));
  }
  return *found;
}

// As generated code registers a method of the raw callback API.
void ServiceCore::Add(std::unique_ptr<MethodCore> method) {
  auto& place = methods_[static_cast<size_t>(method->descriptor().index())];
  if (place != nullptr) Die(method->name(), "is bound twice");
  if (!binding_.executor.Has(method->lane())) Die(method->name(), "is bound to a missing lane");
  place = std::move(method);
  // Borrows the path.
  AddMethod(new grpc::internal::RpcServiceMethod(place->path().c_str(),
                                                 grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  MarkMethodRawCallback(added_++,
                        new Handler([core = place.get()](grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
                          return core->Start(context, request, response);
                        }));
}

void ServiceCore::AddStream(std::unique_ptr<StreamMethodCore> method) {
  auto& place = streams_[static_cast<size_t>(method->descriptor().index())];
  if (place != nullptr) Die(method->name(), "is bound twice");
  place = std::move(method);
  AddMethod(new grpc::internal::RpcServiceMethod(
      place->path().c_str(), grpc::internal::RpcMethod::SERVER_STREAMING, nullptr));
  using Handler =
      grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  MarkMethodRawCallback(added_++,
                        new Handler([core = place.get()](grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) {
                          return core->Start(context, request);
                        }));
}

void ServiceCore::RequireAllBound() const {
  for (size_t i = 0; i < methods_.size(); ++i) {
    if (methods_[i] == nullptr && streams_[i] == nullptr) {
      Die(descriptor_.method(static_cast<int>(i))->full_name(), "is not bound to a handler");
    }
  }
}

}  // namespace crm::rpc
