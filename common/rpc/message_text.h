#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <vector>

#include "common/error/error.h"

namespace crm::rpc {

// Parses `bytes` into `message`. False when they are no such message, or a text in them is not
// UTF-8. `*suspicious` tells whether a text in it may hold a NUL byte.
bool ParseMessage(const grpc::ByteBuffer& bytes, google::protobuf::Message* message,
                  bool* suspicious);

// One violation per text in `message`, at any depth, that is not UTF-8 or holds a NUL byte, with
// paths such as "lead.emails[0].address" or `labels["key"]`. At most 20. Walks by reflection.
std::vector<error::FieldViolation> TextViolations(const google::protobuf::Message& message);

// INVALID_ARGUMENT FIELD_INVALID for bytes that ParseMessage refused into `message`: names the
// texts that are not UTF-8, if that is why.
absl::Status UnparsableStatus(const google::protobuf::Message& message);

}  // namespace crm::rpc
