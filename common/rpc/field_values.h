#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <string>

namespace crm::rpc {

// The values of a message's fields as its JSON (proto3) has them.
class FieldValues {
 public:
  explicit FieldValues(const google::protobuf::Message& message);

  // Sets `value` to that of the field; null for a message or an optional value that is absent.
  // False, and nothing set, if the message has no such field.
  bool Set(const std::string& field, google::protobuf::Value* value) const;

 private:
  const google::protobuf::Descriptor& descriptor_;
  google::protobuf::Struct values_;
};

}  // namespace crm::rpc
