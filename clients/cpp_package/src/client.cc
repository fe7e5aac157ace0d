#include "crm/pipeline/client.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <chrono>
#include <thread>

#include "clients/cpp_package/src/connection.h"

namespace crm::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

// Serialized once, then shared by all attempts.
grpc::ByteBuffer Pack(const google::protobuf::MessageLite& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

bool Unpack(grpc::ByteBuffer& bytes, google::protobuf::MessageLite* message) {
  if (!bytes.Valid()) return false;
  grpc::ProtoBufferReader reader(&bytes);
  return message->ParseFromZeroCopyStream(&reader) && reader.status().ok();
}

grpc::Status Attempt(grpc::GenericStub& stub, grpc::ClientContext& context, const std::string& path,
                     const grpc::ByteBuffer& request, grpc::ByteBuffer* answer) {
  grpc::CompletionQueue queue;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, path, request, &queue);
  call->StartCall();
  call->Finish(answer, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return status;
}

}  // namespace

absl::StatusOr<Client> Client::Connect(Settings given, std::string stack) {
  absl::StatusOr<Settings> settings = Settings::Find(std::move(given), std::move(stack));
  if (!settings.ok()) return settings.status();
  absl::StatusOr<std::shared_ptr<Connection>> connection = Connection::Open(*settings);
  if (!connection.ok()) return connection.status();
  return Client(*std::move(connection));
}

StageEventWatch Client::WatchStageEvents(Server server,
                                         event::v1::SubscribeStageEventsRequest from) const {
  return StageEventWatch(connection_, server, std::move(from));
}

absl::Status Client::Run(Server server, const std::string& path,
                         const google::protobuf::MessageLite& request,
                         google::protobuf::MessageLite* response, absl::Duration limit) const {
  const auto channel = connection_->ChannelTo(server);
  if (!channel.ok()) return channel.status();
  const Clock::time_point end = Clock::now() + absl::ToChronoNanoseconds(limit);
  grpc::GenericStub stub(*channel);
  const grpc::ByteBuffer packed = Pack(request);
  int failures = 0;
  bool refreshed = false;
  while (true) {
    const absl::Duration left = absl::FromChrono(end - Clock::now());
    grpc::ClientContext context;
    connection_->Identify(context);
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(left));
    grpc::ByteBuffer answer;
    const grpc::Status sent = Attempt(stub, context, path, packed, &answer);
    if (sent.ok()) {
      if (Unpack(answer, response)) return absl::OkStatus();
      return absl::InternalError(absl::StrCat(path, ": the answer could not be understood"));
    }
    absl::Status error = ToStatus(sent);
    if (absl::IsUnauthenticated(error)) {
      // The token has ended, and somebody has put another into the file.
      if (refreshed || !connection_->Refresh()) return error;
      refreshed = true;
      continue;
    }
    const auto pause =
        PauseAfter(error, ++failures, absl::FromChrono(end - Clock::now()), Chance());
    if (!pause) return error;
    std::this_thread::sleep_for(absl::ToChronoNanoseconds(*pause));
  }
}

}  // namespace crm::pipeline
