#include "tests/support/bad_input.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <regex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/status_bridge.h"
#include "google/rpc/status.pb.h"
#include "tests/support/any_method.h"
#include "tests/support/service_fixture.h"

namespace crm::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using ::testing::Contains;
using ::testing::ElementsAre;

// The way to a field: the fields of the messages around it, and itself.
using Way = std::vector<const FieldDescriptor*>;

// As violations call it; of a list its first element.
std::string PathOf(const Way& way) {
  std::string path;
  for (const FieldDescriptor* field : way) {
    absl::StrAppend(&path, path.empty() ? "" : ".", field->name(),
                    field->is_repeated() ? "[0]" : "");
  }
  return path;
}

// The message that holds the way's last field, made if it is not there.
Message* Holder(Message* message, const Way& way) {
  for (size_t i = 0; i + 1 < way.size(); ++i) {
    const Reflection& reflection = *message->GetReflection();
    if (!way[i]->is_repeated()) {
      message = reflection.MutableMessage(message, way[i]);
    } else if (reflection.FieldSize(*message, way[i]) == 0) {
      message = reflection.AddMessage(message, way[i]);
    } else {
      message = reflection.MutableRepeatedMessage(message, way[i], 0);
    }
  }
  return message;
}

void SetText(Message* message, const Way& way, const std::string& text) {
  Message* const holder = Holder(message, way);
  const Reflection& reflection = *holder->GetReflection();
  if (!way.back()->is_repeated()) {
    reflection.SetString(holder, way.back(), text);
  } else if (reflection.FieldSize(*holder, way.back()) == 0) {
    reflection.AddString(holder, way.back(), text);
  } else {
    reflection.SetRepeatedString(holder, way.back(), 0, text);
  }
}

std::string TextAt(Message* message, const Way& way) {
  const Message* const holder = Holder(message, way);
  const Reflection& reflection = *holder->GetReflection();
  if (!way.back()->is_repeated()) return reflection.GetString(*holder, way.back());
  return reflection.FieldSize(*holder, way.back()) == 0
             ? ""
             : reflection.GetRepeatedString(*holder, way.back(), 0);
}

// The ways to all texts of a message; masks are judged by what they name.
void FindTexts(const Descriptor& message, const Way& way, std::vector<Way>& found) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* const field = message.field(i);
    if (field->is_map()) continue;  // has no way to its texts; tests of their own try those
    Way next = way;
    next.push_back(field);
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      found.push_back(next);
    } else if (field->message_type() != nullptr &&
               !absl::StartsWith(field->message_type()->full_name(), "google.")) {
      FindTexts(*field->message_type(), next, found);
    }
  }
}

void Clear(Message* message, const std::string& path) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    absl::string_view name = names[i];
    absl::ConsumeSuffix(&name, "[0]");
    const FieldDescriptor* const field =
        message->GetDescriptor()->FindFieldByName(std::string(name));
    message = field->is_repeated()
                  ? message->GetReflection()->MutableRepeatedMessage(message, field, 0)
                  : message->GetReflection()->MutableMessage(message, field);
  }
  message->GetReflection()->ClearField(message,
                                       message->GetDescriptor()->FindFieldByName(names.back()));
}

class MethodTest {
 public:
  MethodTest(const google::protobuf::MethodDescriptor& method, const MethodCase& one,
             const BadInput& input)
      : method_(method), case_(one), input_(input) {
    FindTexts(*method.input_type(), {}, ways_);
  }

  void Run() {
    for (const Way& way : ways_) {
      RefusesBytesIn(way);
      if (IsIgnored(PathOf(way))) continue;
      RefusesFormOf(way);
    }
    for (const std::string& path : case_.required) {
      const auto request = Valid();
      Clear(request.get(), path);
      ExpectRefused(*request, path, "missing");
    }
    RefusesWhatIsNotTheCallers();
  }

 private:
  using Factory = google::protobuf::MessageFactory;

  std::unique_ptr<Message> Valid() const {
    std::unique_ptr<Message> request(
        Factory::generated_factory()->GetPrototype(method_.input_type())->New());
    const std::string text = absl::StrReplaceAll(case_.valid, {{"$NAME", input_.name}});
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    return request;
  }

  bool IsIgnored(const std::string& path) const {
    for (const std::string& ignored : case_.ignored) {
      if (path == ignored || absl::StartsWith(path, ignored + ".") ||
          absl::StartsWith(path, ignored + "[")) {
        return true;
      }
    }
    return false;
  }

  absl::Status Call(const Message& request, const std::string& tenant, Message* response) {
    std::string answer;
    const absl::Status status = rpc::FromGrpcStatus(CallAny(
        input_.channel, method_, {{"x-crm-tenant", tenant}}, request.SerializeAsString(), &answer));
    if (!status.ok()) return status;
    if (response != nullptr) response->ParseFromString(answer);
    return OfOnlyResult(answer);
  }

  // Of a method that answers item by item, "results" with an "error" each, the error of its only
  // item.
  absl::Status OfOnlyResult(const std::string& answer) const {
    const FieldDescriptor* const results = method_.output_type()->FindFieldByName("results");
    if (results == nullptr) return absl::OkStatus();
    const std::unique_ptr<Message> response(
        Factory::generated_factory()->GetPrototype(method_.output_type())->New());
    response->ParseFromString(answer);
    const Reflection& reflection = *response->GetReflection();
    if (reflection.FieldSize(*response, results) != 1) return absl::OkStatus();
    const Message& only = reflection.GetRepeatedMessage(*response, results, 0);
    const FieldDescriptor* const error = only.GetDescriptor()->FindFieldByName("error");
    if (error == nullptr || !only.GetReflection()->HasField(only, error)) return absl::OkStatus();
    google::rpc::Status status;
    status.ParseFromString(only.GetReflection()->GetMessage(only, error).SerializeAsString());
    return rpc::FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                                            status.message(), status.SerializeAsString()));
  }

  absl::Status Call(const Message& request) { return Call(request, input_.tenant, nullptr); }

  std::string Where(const std::string& path, const std::string& what) const {
    return absl::StrCat(case_.method, ": ", path, " ", what);
  }

  void ExpectRefused(const Message& request, const std::string& path, const std::string& what) {
    const absl::Status status = Call(request);
    EXPECT_EQ(Outcome(status), "INVALID_ARGUMENT FIELD_INVALID") << Where(path, what);
    EXPECT_THAT(Fields(status), Contains(path)) << Where(path, what);
  }

  void RefusesBytesIn(const Way& way) {
    for (const std::string& bytes : {std::string("a\xff\xfe"), std::string("a\0b", 3)}) {
      const auto request = Valid();
      SetText(request.get(), way, bytes);
      const absl::Status status = Call(*request);
      EXPECT_EQ(Outcome(status), "INVALID_ARGUMENT FIELD_INVALID") << Where(PathOf(way), "bytes");
      EXPECT_THAT(Fields(status), ElementsAre(PathOf(way))) << case_.method;
    }
  }

  void RefusesFormOf(const Way& way) {
    const auto long_one = Valid();
    SetText(long_one.get(), way, std::string(4001, 'x'));
    ExpectRefused(*long_one, PathOf(way), "too long");
    static const std::regex kName("[a-z]+/.+");
    if (!std::regex_match(TextAt(Valid().get(), way), kName)) return;
    const auto misnamed = Valid();
    SetText(misnamed.get(), way, "boxes/7");
    ExpectRefused(*misnamed, PathOf(way), "of another form");
  }

  void RefusesWhatIsNotTheCallers() {
    for (const Way& way : ways_) {
      const std::string& field = way.back()->name();
      if (IsIgnored(PathOf(way)) || way.size() > 2) continue;
      const auto request = Valid();
      if (field == "etag") {
        SetText(request.get(), way, "999999");
        EXPECT_EQ(Outcome(Call(*request)), "ABORTED ETAG_MISMATCH") << Where(PathOf(way), "stale");
      } else if (field == "request_id") {
        SetText(request.get(), way, input_.request_id);
        const absl::Status status = Call(*request);
        EXPECT_EQ(Outcome(status), "INVALID_ARGUMENT REQUEST_ID_REUSED") << case_.method;
        EXPECT_THAT(Fields(status), ElementsAre("request_id")) << case_.method;
      } else if (field == "name") {
        EXPECT_EQ(Outcome(Call(*request, "stranger", nullptr)), "NOT_FOUND RESOURCE_NOT_FOUND")
            << Where(PathOf(way), "of another tenant");
      } else if (field == "names") {
        ExpectMissing(*request);
      }
    }
  }

  void ExpectMissing(const Message& request) {
    const std::unique_ptr<Message> response(
        Factory::generated_factory()->GetPrototype(method_.output_type())->New());
    EXPECT_EQ(Outcome(Call(request, "stranger", response.get())), "OK") << case_.method;
    const FieldDescriptor* const missing =
        response->GetDescriptor()->FindFieldByName("missing_names");
    EXPECT_EQ(response->GetReflection()->FieldSize(*response, missing), 1) << case_.method;
  }

  const google::protobuf::MethodDescriptor& method_;
  const MethodCase& case_;
  const BadInput& input_;
  std::vector<Way> ways_;
};

}  // namespace

void ExpectBadInputRefused(const std::string& service, const std::vector<MethodCase>& cases,
                           const BadInput& input) {
  const auto* const descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  ASSERT_NE(descriptor, nullptr) << service;
  const std::string before = input.stored();
  // Writing texts that are not UTF-8 is what protobuf would complain about here.
  auto* const handler = google::protobuf::SetLogHandler(nullptr);
  EXPECT_NE(before, "") << "or it would be no sign";
  EXPECT_EQ(static_cast<size_t>(descriptor->method_count()), cases.size());
  for (const MethodCase& one : cases) {
    const auto* const method = descriptor->FindMethodByName(one.method);
    ASSERT_NE(method, nullptr) << one.method;
    MethodTest(*method, one, input).Run();
  }
  google::protobuf::SetLogHandler(handler);
  EXPECT_EQ(input.stored(), before);
}

}  // namespace crm::testing
