#include "clients/cpp/payload.h"

#include <grpcpp/support/slice.h>

#include <string>
#include <vector>

namespace crm::client {

grpc::ByteBuffer Pack(const google::protobuf::MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

bool Unpack(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite* message) {
  if (!bytes.Valid()) return message->ParseFromArray(nullptr, 0);
  grpc::Slice whole;
  if (bytes.TrySingleSlice(&whole).ok()) {
    return message->ParseFromArray(whole.begin(), static_cast<int>(whole.size()));
  }
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return false;
  std::string joined;
  joined.reserve(bytes.Length());
  for (const grpc::Slice& slice : slices) {
    joined.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return message->ParseFromString(joined);
}

}  // namespace crm::client
