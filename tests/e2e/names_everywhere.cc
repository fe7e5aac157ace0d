#include "tests/e2e/names_everywhere.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace crm::testing {
namespace {

using google::protobuf::FieldDescriptor;

// Whatever their message.
constexpr absl::string_view kNameFields[] = {
    "name",        "names",         "contact",    "contacts", "lead",     "leads",
    "opportunity", "opportunities", "conversion", "account",  "accounts", "organization",
    "pipeline",    "survivor",      "merged",     "into",     "webhook"};

bool HoldsNames(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         std::find(std::begin(kNameFields), std::end(kNameFields), field.name()) !=
             std::end(kNameFields);
}

}  // namespace

void NameEverywhere(google::protobuf::Message& message, const std::string& name, int depth) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (HoldsNames(field)) {
      if (field.is_repeated()) {
        reflection.AddString(&message, &field, name);
      } else {
        reflection.SetString(&message, &field, name);
      }
    } else if (field.message_type() != nullptr && !field.is_map() && depth > 0 &&
               absl::StartsWith(field.message_type()->full_name(), "crm.")) {
      NameEverywhere(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                         : *reflection.MutableMessage(&message, &field),
                     name, depth - 1);
    }
  }
}

}  // namespace crm::testing
