#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <string>

namespace crm::rpc {

// The values of a message's fields as its JSON (proto3) has them.
class FieldValues {
 public:
  explicit FieldValues(const google::protobuf::Message& message);

  // Whether the message has a field of this name.
  bool Knows(const std::string& field) const;

  // Sets `value` to that of the field; null for a message or an optional value that is absent.
  // Nothing is set if the message has no such field.
  void Set(const std::string& field, google::protobuf::Value* value) const;

 private:
  const google::protobuf::Descriptor& descriptor_;
  google::protobuf::Struct values_;
};

}  // namespace crm::rpc
