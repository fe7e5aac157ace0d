#include "clients/crmctl/message_fields.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>
#include <absl/time/time.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include "clients/crmctl/import/money_text.h"
#include "common/rpc/proto_values.h"
#include "crm/type/v1/date.pb.h"
#include "crm/type/v1/money.pb.h"

namespace crm::crmctl {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string PrefixOf(const EnumDescriptor& type) {
  return std::string(absl::StripSuffix(type.value(0)->name(), "UNSPECIFIED"));
}

// The text of a message that reads as one value; nothing for any other.
std::optional<std::string> ValueText(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    const char* format = time->nanos() == 0 ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%E3SZ";
    return absl::FormatTime(format, rpc::TimeFrom(*time), absl::UTCTimeZone());
  }
  if (const auto* money = dynamic_cast<const type::v1::Money*>(&message)) {
    return FormatMinor(money->amount_minor(), money->currency_code());
  }
  if (const auto* date = dynamic_cast<const type::v1::Date*>(&message)) {
    return absl::StrFormat("%04d-%02d-%02d", date->year(), date->month(), date->day());
  }
  if (const auto* span = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return absl::FormatDuration(absl::Seconds(span->seconds()));
  }
  return std::nullopt;
}

std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(message, &field, index)
                      : reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return WordOf(repeated ? *reflection.GetRepeatedEnum(message, &field, index)
                             : *reflection.GetEnum(message, &field));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                                   : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                                   : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (repeated ? reflection.GetRepeatedBool(message, &field, index)
                       : reflection.GetBool(message, &field))
                 ? "yes"
                 : "no";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat("%.4g", repeated ? reflection.GetRepeatedDouble(message, &field, index)
                                              : reflection.GetDouble(message, &field));
    default:
      return "";
  }
}

const Message& Nested(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, index)
                             : reflection.GetMessage(message, &field);
}

std::string OneText(const Message& message, const FieldDescriptor& field, int index) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return ScalarText(message, field, index);
  }
  return ValueText(Nested(message, field, index)).value_or("");
}

void Collect(const Message& message, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>* out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string path = absl::StrCat(prefix, field->name(),
                                            field->is_repeated() ? absl::StrCat("[", i, "]") : "");
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
          !ValueText(Nested(message, *field, i))) {
        Collect(Nested(message, *field, i), absl::StrCat(path, "."), out);
      } else {
        out->emplace_back(path, OneText(message, *field, i));
      }
    }
  }
}

}  // namespace

std::string WordOf(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  return std::string(absl::StripPrefix(value.name(), PrefixOf(*value.type())));
}

std::optional<int> NumberOf(const EnumDescriptor& type, absl::string_view word) {
  const std::string name =
      absl::StrCat(PrefixOf(type), absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}}));
  const auto* value = type.FindValueByName(name);
  if (!value || value->number() == 0) return std::nullopt;
  return value->number();
}

std::string WordsOf(const EnumDescriptor& type) {
  std::string words;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&words, words.empty() ? "" : ", ", WordOf(*type.value(i)));
  }
  return words;
}

std::string FieldText(const Message& message, absl::string_view path) {
  const size_t dot = path.find('.');
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (!field) return "";
  const auto& reflection = *message.GetReflection();
  if (dot != absl::string_view::npos) {
    const absl::string_view rest = path.substr(dot + 1);
    if (!field->is_repeated()) {
      if (!reflection.HasField(message, field)) return "";
      return FieldText(reflection.GetMessage(message, field), rest);
    }
    std::vector<std::string> texts;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      texts.push_back(FieldText(reflection.GetRepeatedMessage(message, field, i), rest));
    }
    return absl::StrJoin(texts, ", ");
  }
  if (!field->is_repeated()) {
    if (field->has_presence() && !reflection.HasField(message, field)) return "";
    return OneText(message, *field, 0);
  }
  std::string text;
  for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", OneText(message, *field, i));
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> FieldTexts(const Message& message) {
  std::vector<std::pair<std::string, std::string>> texts;
  Collect(message, "", &texts);
  return texts;
}

std::string JsonOf(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  if (!json.ends_with('\n')) json += '\n';
  return json;
}

}  // namespace crm::crmctl
