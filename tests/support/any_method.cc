#include "tests/support/any_method.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"

namespace crm::testing {
namespace {

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
// Of ServerReflectionRequest, ServerReflectionResponse and ListServiceResponse.
constexpr char kListServices[] = {7 << 3 | 2, 0};
constexpr int kServicesField = 6, kServiceField = 1, kNameField = 1;

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  buffer.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// The values of a message's field, which needs no description for it.
std::vector<std::string> ValuesIn(const std::string& message, int number) {
  google::protobuf::Empty reader;
  EXPECT_TRUE(reader.ParseFromString(message));
  const auto& fields = reader.GetReflection()->GetUnknownFields(reader);
  std::vector<std::string> values;
  for (int i = 0; i < fields.field_count(); ++i) {
    const google::protobuf::UnknownField& field = fields.field(i);
    if (field.number() != number) continue;
    if (field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      values.push_back(field.length_delimited());
    }
  }
  return values;
}

std::chrono::system_clock::time_point Soon() {
  return std::chrono::system_clock::now() + std::chrono::seconds(30);
}

std::string AskForServices(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(Soon());
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(&context, kReflection, &queue);
  call->StartCall(nullptr);
  EXPECT_TRUE(wait());
  call->Write(BufferOf(std::string(kListServices, sizeof(kListServices))), nullptr);
  EXPECT_TRUE(wait());
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  EXPECT_TRUE(wait()) << "the server has no reflection";
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  return BytesOf(answer);
}

// Of a stream the first message, and then goes away.
grpc::Status CallStream(grpc::GenericStub& stub, grpc::ClientContext& context,
                        const std::string& path, const grpc::ByteBuffer& request,
                        grpc::ByteBuffer* first) {
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(&context, path, &queue);
  call->StartCall(nullptr);
  wait();
  call->WriteLast(request, grpc::WriteOptions(), nullptr);
  wait();
  call->Read(first, nullptr);
  const bool answered = wait();
  if (answered) context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  return answered ? grpc::Status::OK : status;
}

}  // namespace

std::vector<std::string> ServicesOf(const std::shared_ptr<grpc::Channel>& channel) {
  std::vector<std::string> names;
  for (const std::string& list : ValuesIn(AskForServices(channel), kServicesField)) {
    for (const std::string& service : ValuesIn(list, kServiceField)) {
      std::string name = ValuesIn(service, kNameField).at(0);
      if (absl::StartsWith(name, "crm.")) names.push_back(std::move(name));
    }
  }
  return names;
}

std::vector<const google::protobuf::MethodDescriptor*> MethodsOf(
    const std::shared_ptr<grpc::Channel>& channel) {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const std::string& name : ServicesOf(channel)) {
    const auto* const known =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    EXPECT_NE(known, nullptr) << name;
    if (known == nullptr) continue;
    for (int i = 0; i < known->method_count(); ++i) methods.push_back(known->method(i));
  }
  std::sort(methods.begin(), methods.end(),
            [](const auto* a, const auto* b) { return a->full_name() < b->full_name(); });
  return methods;
}

grpc::Status CallAny(const std::shared_ptr<grpc::Channel>& channel,
                     const google::protobuf::MethodDescriptor& method,
                     const std::multimap<std::string, std::string>& metadata,
                     const std::string& request, std::string* answer) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(Soon());
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  const grpc::ByteBuffer sent = BufferOf(request);
  grpc::ByteBuffer received;
  grpc::Status status;
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  if (method.server_streaming()) {
    status = CallStream(stub, context, path, sent, &received);
  } else {
    absl::Notification done;
    stub.UnaryCall(&context, path, grpc::StubOptions(), &sent, &received,
                   [&](const grpc::Status& end) {
                     status = end;
                     done.Notify();
                   });
    done.WaitForNotification();
  }
  if (answer != nullptr && status.ok()) *answer = BytesOf(received);
  return status;
}

}  // namespace crm::testing
