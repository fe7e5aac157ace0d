#include "common/stage/stage_json.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

#include "common/stage/json_reader.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;
using google::protobuf::util::MessageDifferencer;

std::string Printed(const StageChanged& change) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(change, &json).ok());
  return json;
}

std::string Ours(const StageChanged& change) {
  std::string json;
  AppendJson(change, json);
  return json;
}

// Any message at all, every field of the descriptor among them: plain and awkward texts, zero,
// small and extreme numbers.
class RandomChange {
 public:
  explicit RandomChange(uint32_t seed) : random_(seed) {}

  StageChanged Make() {
    StageChanged change;
    plain_ = Chance(2);
    Fill(change);
    return change;
  }

 private:
  bool Chance(int in) { return random_() % static_cast<uint32_t>(in) != 0; }
  int64_t Between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }

  std::string Text() {
    static const char* const kAwkward[] = {"",      "\"quoted\"", "back\\slash", "<b>&'",
                                           "tab\t", "\x01\x1f",   "\x7f",        "Zürich",
                                           "日本",  "😀",          "\u2028",      "a/b"};
    if (!plain_ && !Chance(4)) return kAwkward[Between(0, 11)];
    const char first = plain_ ? 'a' : '0';
    std::string text;
    for (int64_t i = Between(0, 40); i > 0; --i) text += static_cast<char>(Between(first, 'z'));
    return text;
  }

  int32_t Nanos() {
    static const int32_t kUnits[] = {1'000'000'000, 1'000'000, 1'000, 1};
    const int32_t unit = kUnits[Between(0, 3)];
    return static_cast<int32_t>(Between(0, 999'999'999 / unit)) * unit % 1'000'000'000;
  }

  void Fill(Timestamp& time) {
    time.set_seconds(Between(-62135596800, 253402300799));
    time.set_nanos(Nanos());
  }

  void Fill(Duration& duration) {
    const int sign = Chance(4) ? 1 : -1;
    duration.set_seconds(sign * Between(0, 315576000000));
    duration.set_nanos(sign * Nanos());
  }

  void Fill(Message& message) {
    if (auto* time = google::protobuf::DynamicCastToGenerated<Timestamp>(&message)) {
      return Fill(*time);
    }
    if (auto* duration = google::protobuf::DynamicCastToGenerated<Duration>(&message)) {
      return Fill(*duration);
    }
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      if (Chance(3)) Fill(message, message.GetDescriptor()->field(i));
    }
  }

  void Fill(Message& message, const FieldDescriptor* field) {
    const auto* reflection = message.GetReflection();
    if (field->is_repeated()) {
      for (int64_t i = Between(0, 3); i > 0; --i) {
        if (field->message_type() != nullptr) {
          Fill(*reflection->AddMessage(&message, field));
        } else {
          reflection->AddString(&message, field, Text());
        }
      }
      return;
    }
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection->SetString(&message, field, Text());
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection->SetInt64(&message, field, Between(-1'000'000'000'000, INT64_MAX / 2));
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection->SetInt32(&message, field, static_cast<int32_t>(Between(-1, 100)));
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection->SetBool(&message, field, Chance(2));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Fill(*reflection->MutableMessage(&message, field));
      default:
        FAIL() << field->full_name() << " is of a kind that AppendJson does not know";
    }
  }

  std::mt19937 random_;
  bool plain_ = false;  // no text that needs escapes
};

TEST(StageJson, EqualsProtobufsOwnPrinter) {
  EXPECT_EQ(Ours(StageChanged()), Printed(StageChanged()));
  RandomChange random(20261123);
  for (int i = 0; i < 3000; ++i) {
    const StageChanged change = random.Make();
    ASSERT_EQ(Ours(change), Printed(change)) << change.ShortDebugString();
  }
}

TEST(StageJson, IsReadBackUnchanged) {
  RandomChange random(7);
  for (int i = 0; i < 3000; ++i) {
    const StageChanged change = random.Make();
    const std::string json = Ours(change);
    const auto parsed = ParseJson(json);
    ASSERT_TRUE(parsed.ok()) << json;
    ASSERT_TRUE(MessageDifferencer::Equals(*parsed, change)) << json;
    StageChanged quick;
    ASSERT_TRUE(ReadPlainJson(json, quick)) << "our own form needs no second reader: " << json;
    ASSERT_TRUE(MessageDifferencer::Equals(quick, change)) << json;
  }
}

TEST(StageJson, ReadsEverySpellingThatProtobufReads) {
  const auto parsed = ParseJson(
      " { \"toStage\" : \"A\\u0042\", \"version\": 7, \"unknownField\": [1], \"reason\":null } ");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->to_stage(), "AB");
  EXPECT_EQ(parsed->version(), 7);
}

TEST(StageJson, RefusesWhatIsNoJson) {
  for (const char* text :
       {"", "{", "null", "7", "{}{}", "{\"toStage\":\"\xff\"}", "{\"toStage\":{}}",
        "{\"amountAfter\":[{}]}", "{\"changes\":\"x\"}", "{\"changes\":[\"x\"]}",
        "{\"overridden\":\"perhaps\"}", "[]", "{\"version\":\"x\"}", "{\"toStage\":\"A\"}}",
        "{\"effectiveTime\":\"2026-02-30T00:00:00Z\"}"}) {
    EXPECT_EQ(ParseJson(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  constexpr absl::string_view kNulBehindTheEnd("{}\0}", 4);
  EXPECT_EQ(ParseJson(kNulBehindTheEnd).status().code(), absl::StatusCode::kInvalidArgument);
}

// Protobuf reads some of these all the same.
TEST(StageJson, ListsOfOtherShapeAreLeftToProtobuf) {
  for (const char* text :
       {"{\"changes\":{}}", "{\"changes\":\"x\"}", "{\"changes\":[\"x\"]}", "{\"changes\":[[{}]]}",
        "{\"changes\":[{\"field\":[\"x\"]}]}", "{\"changes\":[{\"field\":{}}]}",
        "{\"metGates\":[{}]}", "{\"changes\":[7]}"}) {
    StageChanged change;
    EXPECT_FALSE(ReadPlainJson(text, change)) << text;
  }
}

}  // namespace
}  // namespace crm::stage
