#include "common/rpc/access_sink.h"

#include <absl/strings/match.h>

namespace crm::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* NameIn(const Descriptor& type) {
  const FieldDescriptor* const name = type.FindFieldByName("name");
  const bool is_text = name != nullptr && !name->is_repeated() &&
                       name->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return is_text ? name : nullptr;
}

void AddName(const Message& thing, std::vector<std::string>& names) {
  const FieldDescriptor* const name = NameIn(*thing.GetDescriptor());
  std::string text = thing.GetReflection()->GetString(thing, name);
  if (!text.empty()) names.push_back(std::move(text));
}

// The names of the things in one field of the answer.
void AddNames(const Message& answer, const FieldDescriptor& field,
              std::vector<std::string>& names) {
  const auto& reflection = *answer.GetReflection();
  if (field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(answer, &field); ++i) {
      AddName(reflection.GetRepeatedMessage(answer, &field, i), names);
    }
  } else if (reflection.HasField(answer, &field)) {
    AddName(reflection.GetMessage(answer, &field), names);
  }
}

}  // namespace

bool ShowsPersonalData(const MethodAccess& method) { return absl::EndsWith(method.scope, ".read"); }

std::vector<std::string> NamesShown(const Message& request, const Message& response) {
  std::vector<std::string> names;
  bool shows_things = false;
  const Descriptor& type = *response.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field.is_map() ||
        NameIn(*field.message_type()) == nullptr) {
      continue;
    }
    shows_things = true;
    AddNames(response, field, names);
  }
  if (!shows_things && NameIn(*request.GetDescriptor()) != nullptr) AddName(request, names);
  return names;
}

}  // namespace crm::rpc
