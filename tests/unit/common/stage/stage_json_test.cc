#include "common/stage/stage_json.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

#include "common/stage/stage_json_members.h"
#include "common/stage/stage_json_scanner.h"

namespace crm::stage {
namespace {

using google::protobuf::util::MessageDifferencer;

std::string Printed(const Change& change) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(change, &json).ok());
  return json;
}

std::string Ours(const Change& change) {
  std::string json;
  AppendJson(change, json);
  return json;
}

// Any message at all: plain and awkward texts, zero, small and extreme numbers.
class RandomChange {
 public:
  explicit RandomChange(uint32_t seed) : random_(seed) {}

  Change Make() {
    Change change;
    plain_ = Chance(2);
    for (const Member& member : Members()) {
      if (Chance(3)) Fill(member, change);
    }
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

  void FillMoney(crm::type::v1::Money& money) {
    if (Chance(5)) money.set_currency_code(Chance(5) ? "USD" : Text());
    if (Chance(5)) money.set_amount_minor(Between(-1'000'000'000'000, INT64_MAX / 2));
  }

  void Fill(const Member& member, Change& change) {
    switch (member.kind) {
      case MemberKind::kText:
        *(change.*member.mutable_text)() = Text();
        break;
      case MemberKind::kVersion:
        change.set_version(Between(0, INT64_MAX));
        break;
      case MemberKind::kTime:
        (change.*member.mutable_time)()->set_seconds(Between(-62135596800, 253402300799));
        (change.*member.mutable_time)()->set_nanos(Nanos());
        break;
      case MemberKind::kDuration: {
        const int sign = Chance(4) ? 1 : -1;
        change.mutable_time_in_previous_stage()->set_seconds(sign * Between(0, 315576000000));
        change.mutable_time_in_previous_stage()->set_nanos(sign * Nanos());
        break;
      }
      case MemberKind::kBool:
        change.set_overridden(Chance(2));
        break;
      case MemberKind::kTexts:
        for (int64_t i = Between(0, 3); i > 0; --i) change.add_overridden_gates(Text());
        break;
      case MemberKind::kMoney:
        FillMoney(*(change.*member.mutable_money)());
        break;
      case MemberKind::kPercent:
        (change.*member.set_percent)(static_cast<int32_t>(Between(-1, 100)));
        break;
    }
  }

  std::mt19937 random_;
  bool plain_ = false;  // no text that needs escapes
};

TEST(StageJson, ListsEveryFieldOfTheMessageInOrder) {
  const auto* descriptor = Change::descriptor();
  ASSERT_EQ(static_cast<size_t>(descriptor->field_count()), Members().size());
  for (int i = 0; i < descriptor->field_count(); ++i) {
    EXPECT_EQ(descriptor->field(i)->json_name(), Members()[static_cast<size_t>(i)].key());
    EXPECT_EQ(descriptor->field(i)->number(), i + 1);
  }
}

TEST(StageJson, EqualsProtobufsOwnPrinter) {
  EXPECT_EQ(Ours(Change()), Printed(Change()));
  RandomChange random(20261123);
  for (int i = 0; i < 3000; ++i) {
    const Change change = random.Make();
    ASSERT_EQ(Ours(change), Printed(change)) << change.ShortDebugString();
  }
}

TEST(StageJson, IsReadBackUnchanged) {
  RandomChange random(7);
  int quick = 0;
  for (int i = 0; i < 3000; ++i) {
    const Change change = random.Make();
    const std::string json = Ours(change);
    const auto parsed = ParseJson(json);
    ASSERT_TRUE(parsed.ok()) << json;
    ASSERT_TRUE(MessageDifferencer::Equals(*parsed, change)) << json;
    Change scanned;
    if (ScanCanonical(json, scanned)) {
      ++quick;
      ASSERT_TRUE(MessageDifferencer::Equals(scanned, change)) << json;
    }
  }
  EXPECT_GT(quick, 50) << "the quick way must be taken for plain events";
}

TEST(StageJson, ReadsEverySpellingThatProtobufReads) {
  const auto parsed = ParseJson(
      " { \"toStage\" : \"A\\u0042\", \"version\": 7, \"unknownField\": [1], \"reason\":null } ");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->to_stage(), "AB");
  EXPECT_EQ(parsed->version(), 7);
}

TEST(StageJson, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "[]", "{\"version\":\"x\"}", "{\"toStage\":\"A\"}}",
                           "{\"effectiveTime\":\"2026-02-30T00:00:00Z\"}"}) {
    EXPECT_EQ(ParseJson(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace crm::stage
