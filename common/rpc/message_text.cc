#include "common/rpc/message_text.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <cstring>
#include <string>

#include "common/base/text.h"
#include "common/rpc/validation.h"

namespace crm::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMaxViolations = 20;

// protobuf reports texts that are not UTF-8 only to its log. While a message is parsed here, its
// complaints stay here; every other line goes where it went before.
thread_local bool parsing = false;
google::protobuf::LogHandler* previous_handler = nullptr;

void HandleLog(google::protobuf::LogLevel level, const char* file, int line,
               const std::string& text) {
  if (parsing && level < google::protobuf::LOGLEVEL_FATAL) return;
  if (previous_handler != nullptr) previous_handler(level, file, line, text);
}

void InstallLogHandler() {
  static const bool installed = [] {
    previous_handler = google::protobuf::SetLogHandler(&HandleLog);
    return true;
  }();
  (void)installed;
}

class ParsingScope {
 public:
  ParsingScope() { parsing = true; }
  ~ParsingScope() { parsing = false; }
};

class TextWalk {
 public:
  void Visit(const Message& message, const std::string& prefix) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const std::string path = absl::StrCat(prefix, prefix.empty() ? "" : ".", field->name());
      if (field->is_map()) {
        VisitMap(message, *field, path);
      } else if (field->is_repeated()) {
        VisitList(message, *field, path);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Visit(reflection.GetMessage(message, field), path);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string scratch;
        Check(reflection.GetStringReference(message, field, &scratch), path);
      }
    }
  }

  std::vector<error::FieldViolation> Take() { return std::move(violations_); }

 private:
  void VisitList(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    const bool text = field.type() == FieldDescriptor::TYPE_STRING;
    if (!text && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
    const int size = reflection.FieldSize(message, &field);
    std::string scratch;
    for (int i = 0; i < size; ++i) {
      const std::string element = absl::StrCat(path, "[", i, "]");
      if (text) {
        Check(reflection.GetRepeatedStringReference(message, &field, i, &scratch), element);
      } else {
        Visit(reflection.GetRepeatedMessage(message, &field, i), element);
      }
    }
  }

  void VisitMap(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      std::string place = absl::StrCat(path, "[", i, "]");
      if (key.type() == FieldDescriptor::TYPE_STRING) {
        const std::string name = entry.GetReflection()->GetString(entry, &key);
        if (!Check(name, absl::StrCat(path, " (a key)"))) continue;
        place = absl::StrCat(path, "[\"", name, "\"]");
      }
      if (value.type() == FieldDescriptor::TYPE_STRING) {
        Check(entry.GetReflection()->GetString(entry, &value), place);
      } else if (value.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Visit(entry.GetReflection()->GetMessage(entry, &value), place);
      }
    }
  }

  bool Check(const std::string& text, const std::string& path) {
    const char* problem = nullptr;
    if (base::HasNul(text)) {
      problem = "must not contain a NUL byte";
    } else if (!base::IsValidUtf8(text)) {
      problem = "must be valid UTF-8";
    }
    if (problem != nullptr && violations_.size() < kMaxViolations) {
      violations_.push_back({path, problem});
    }
    return problem == nullptr;
  }

  std::vector<error::FieldViolation> violations_;
};

// Zero bytes also stand for empty lengths and in fixed-width numbers, so this only suspects.
bool MayHoldNul(const grpc::Slice& slice) {
  return slice.size() != 0 && std::memchr(slice.begin(), 0, slice.size()) != nullptr;
}

}  // namespace

bool ParseMessage(const grpc::ByteBuffer& bytes, Message* message, bool* suspicious) {
  InstallLogHandler();
  grpc::Slice slice;
  // Does nothing but take a reference unless the message came in pieces.
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return false;
  *suspicious = MayHoldNul(slice);
  const ParsingScope scope;
  return message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

std::vector<error::FieldViolation> TextViolations(const Message& message) {
  TextWalk walk;
  walk.Visit(message, "");
  return walk.Take();
}

absl::Status UnparsableStatus(const Message& message) {
  // A text is stored before it is checked, so what was parsed so far holds the culprit.
  std::vector<error::FieldViolation> violations = TextViolations(message);
  if (violations.empty()) {
    violations.push_back(
        {"", absl::StrCat("the request must be a serialized ", message.GetDescriptor()->full_name(),
                          " whose texts are valid UTF-8")});
  }
  return FieldsInvalid(violations);
}

}  // namespace crm::rpc
