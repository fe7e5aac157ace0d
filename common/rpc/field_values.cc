#include "common/rpc/field_values.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

namespace crm::rpc {

FieldValues::FieldValues(const google::protobuf::Message& message)
    : descriptor_(*message.GetDescriptor()) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  if (google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
    (void)google::protobuf::util::JsonStringToMessage(json, &values_);
  }
}

bool FieldValues::Knows(const std::string& field) const {
  return descriptor_.FindFieldByName(field) != nullptr;
}

void FieldValues::Set(const std::string& field, google::protobuf::Value* value) const {
  const auto* const found = descriptor_.FindFieldByName(field);
  if (found == nullptr) return;
  const auto at = values_.fields().find(found->json_name());
  if (at != values_.fields().end()) {
    *value = at->second;
  } else {
    value->set_null_value(google::protobuf::NULL_VALUE);
  }
}

}  // namespace crm::rpc
