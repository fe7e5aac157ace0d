#include "clients/cpp/client.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include "clients/cpp/payload.h"
#include "common/base/status.h"
#include "common/rpc/grpc_time.h"
#include "common/rpc/status_bridge.h"

namespace crm::client {

absl::StatusOr<Client> Client::Connect(
    const Addresses& addresses, const Caller& caller,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  CRM_RETURN_IF_ERROR(Check(caller));
  CRM_RETURN_IF_ERROR(CheckTokenIsSafe(addresses, caller, credentials));
  CRM_ASSIGN_OR_RETURN(Channels channels,
                       Channels::Make(addresses, Channels::Retries::kByChannel, credentials));
  return Client(std::move(channels), caller);
}

absl::Status Client::Run(Service service, const std::string& path,
                         const google::protobuf::MessageLite& request,
                         google::protobuf::MessageLite* response, absl::Duration limit) const {
  if (!channels_.Of(service)) {
    return absl::FailedPreconditionError(
        absl::StrCat("no address is known for the ", NameOf(service), " service"));
  }
  grpc::ClientContext context;
  Identify(context, caller_);
  context.set_deadline(rpc::ToGrpcTime(base::Deadline::After(limit)));
  grpc::GenericStub stub(channels_.Of(service));
  grpc::CompletionQueue queue;
  grpc::ByteBuffer answer;
  grpc::Status status;
  auto call = stub.PrepareUnaryCall(&context, path, Pack(request), &queue);
  call->StartCall();
  call->Finish(&answer, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  if (!Unpack(answer, response)) {
    return absl::InternalError(absl::StrCat(path, ": the answer could not be understood"));
  }
  return absl::OkStatus();
}

}  // namespace crm::client
