#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

namespace crm::client {

// `message` as one slice: serialized once, then shared by all attempts of a call.
grpc::ByteBuffer Pack(const google::protobuf::MessageLite& message);

// False when `bytes` are no such message. Copies only where the bytes lie in several slices.
bool Unpack(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite* message);

}  // namespace crm::client
