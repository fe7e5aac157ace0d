#include "tests/support/health.h"

#include <chrono>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"

namespace crm::testing {
namespace {

constexpr std::chrono::seconds kPatience{30};

grpc::ByteBuffer RequestFor(const std::string& name) {
  std::string bytes;
  if (!name.empty()) bytes = absl::StrCat("\x0a", std::string(1, char(name.size())), name);
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

Health Decode(grpc::ByteBuffer& response) {
  grpc::Slice answer;
  if (!response.DumpToSingleSlice(&answer).ok() || answer.size() != 2) return kUnknown;
  return static_cast<Health>(answer.begin()[1]);
}

}  // namespace

Health HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& name) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::ByteBuffer request = RequestFor(name);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get().ok() ? Decode(response) : kUnknown;
}

Health HealthOn(int port, const std::string& name) {
  grpc::ChannelArguments own;
  own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return HealthOf(grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                            grpc::InsecureChannelCredentials(), own),
                  name);
}

HealthWatch::HealthWatch(const std::shared_ptr<grpc::Channel>& channel, const std::string& name)
    : stub_(channel) {
  stream_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &events_);
  stream_->StartCall(nullptr);
  bool ok = false;
  if (!Await(ok) || !ok) return;
  stream_->WriteLast(RequestFor(name), grpc::WriteOptions(), nullptr);
  Await(ok);
}

HealthWatch::~HealthWatch() {
  context_.TryCancel();
  events_.Shutdown();
  void* tag = nullptr;
  for (bool ok = false; events_.Next(&tag, &ok);) {
  }
}

Health HealthWatch::Next() {
  grpc::ByteBuffer response;
  stream_->Read(&response, nullptr);
  bool ok = false;
  if (Await(ok)) return ok ? Decode(response) : kUnknown;
  // The read may still write into `response`.
  context_.TryCancel();
  Await(ok);
  return kUnknown;
}

bool HealthWatch::Await(bool& ok) {
  void* tag = nullptr;
  return events_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + kPatience) ==
         grpc::CompletionQueue::GOT_EVENT;
}

}  // namespace crm::testing
