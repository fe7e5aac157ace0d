#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crm::crmctl {

// The word for a value of an enum, without the prefix that all its values have: "WORKING".
std::string WordOf(const google::protobuf::EnumValueDescriptor& value);
// The number of the value with this word, in any case, '-' for '_' allowed.
std::optional<int> NumberOf(const google::protobuf::EnumDescriptor& type, absl::string_view word);
// All words but the unspecified one, for messages to people.
std::string WordsOf(const google::protobuf::EnumDescriptor& type);

// The value at a path such as "person.family_name" or "interests", for people: times in UTC,
// amounts as "10.00 USD", enums as words, repeated ones joined by ", ", also on the way to it as in
// "rules.rule". Empty where there is none.
std::string FieldText(const google::protobuf::Message& message, absl::string_view path);

// Every populated field, nested ones with dotted paths, in the order of the fields.
std::vector<std::pair<std::string, std::string>> FieldTexts(
    const google::protobuf::Message& message);

// proto3 JSON, on one line or over several, with a line's end behind it.
std::string JsonOf(const google::protobuf::Message& message, bool indented);

}  // namespace crm::crmctl
