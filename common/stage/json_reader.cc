#include "common/stage/json_reader.h"

#include <google/protobuf/util/time_util.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace crm::stage {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

using Names = absl::flat_hash_map<std::string, const FieldDescriptor*>;

Names MakeNames(const Descriptor* type) {
  Names names;
  for (int i = 0; i < type->field_count(); ++i) {
    names.emplace(type->field(i)->json_name(), type->field(i));
  }
  return names;
}

const FieldDescriptor* FindField(const Descriptor* type, absl::string_view name) {
  using crm::event::v1::FieldChange;
  using crm::event::v1::StageChanged;
  static const auto* const change = new Names(MakeNames(StageChanged::descriptor()));
  static const auto* const field = new Names(MakeNames(FieldChange::descriptor()));
  static const auto* const money = new Names(MakeNames(crm::type::v1::Money::descriptor()));
  const Names& names = type == StageChanged::descriptor()  ? *change
                       : type == FieldChange::descriptor() ? *field
                                                           : *money;
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

// Gets the tokens from RapidJSON and sets the fields of `root` and of the messages in it. False
// stops the reading.
class Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
 public:
  explicit Handler(Message* root) : root_(root) {}

  bool Default() { return false; }

  bool StartObject() {
    if (message_ == nullptr) {
      message_ = root_;
      return true;
    }
    if (message_ != root_ || field_->is_repeated() != in_list_) return false;
    if (field_->message_type() == crm::type::v1::Money::descriptor()) {
      message_ = root_->GetReflection()->MutableMessage(root_, field_);
      return true;
    }
    if (field_->message_type() != crm::event::v1::FieldChange::descriptor()) return false;
    message_ = root_->GetReflection()->AddMessage(root_, field_);
    list_ = std::exchange(field_, nullptr);
    in_list_ = false;
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    message_ = root_;
    if (list_ != nullptr) {
      field_ = std::exchange(list_, nullptr);
      in_list_ = true;
    }
    return true;
  }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    field_ = FindField(message_->GetDescriptor(), absl::string_view(name, size));
    return field_ != nullptr;
  }
  // No list in a list: RapidJSON goes one call deeper for each.
  bool StartArray() {
    if (message_ == nullptr || !field_->is_repeated() || in_list_) return false;
    in_list_ = true;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    in_list_ = false;
    return true;
  }

  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (message_ == nullptr) return false;
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return SetText(std::string(text, size));
      case FieldDescriptor::CPPTYPE_INT64: {
        int64_t number = 0;
        if (!absl::SimpleAtoi(absl::string_view(text, size), &number)) return false;
        if (absl::StrCat(number) != absl::string_view(text, size)) return false;
        message_->GetReflection()->SetInt64(message_, field_, number);
        return true;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return SetTime(std::string(text, size));
      default:
        return false;
    }
  }
  bool Int(int number) {
    if (message_ == nullptr || field_->cpp_type() != FieldDescriptor::CPPTYPE_INT32) return false;
    message_->GetReflection()->SetInt32(message_, field_, number);
    return true;
  }
  bool Uint(unsigned number) {
    return number <= unsigned{INT32_MAX} && Int(static_cast<int>(number));
  }
  bool Bool(bool value) {
    if (message_ == nullptr || field_->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return false;
    message_->GetReflection()->SetBool(message_, field_, value);
    return true;
  }

 private:
  bool SetText(std::string text) {
    const auto* reflection = message_->GetReflection();
    if (field_->is_repeated() != in_list_) return false;
    if (in_list_) {
      reflection->AddString(message_, field_, std::move(text));
    } else {
      reflection->SetString(message_, field_, std::move(text));
    }
    return true;
  }
  bool SetTime(const std::string& text) {
    if (field_->is_repeated()) return false;
    Message* time = message_->GetReflection()->MutableMessage(message_, field_);
    if (time->GetDescriptor() == Timestamp::descriptor()) {
      return TimeUtil::FromString(text, static_cast<Timestamp*>(time));
    }
    return time->GetDescriptor() == Duration::descriptor() &&
           TimeUtil::FromString(text, static_cast<Duration*>(time));
  }

  Message* const root_;
  Message* message_ = nullptr;  // that the next field belongs to
  const FieldDescriptor* field_ = nullptr;
  bool in_list_ = false;
  const FieldDescriptor* list_ = nullptr;  // that the message is an element of
};

}  // namespace

bool ReadPlainJson(absl::string_view json, crm::event::v1::StageChanged& change) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  Handler handler(&change);
  if (reader.Parse<rapidjson::kParseValidateEncodingFlag>(stream, handler).IsError()) return false;
  // To RapidJSON a NUL is the end, whatever comes after it.
  return stream.Tell() == json.size();
}

}  // namespace crm::stage
