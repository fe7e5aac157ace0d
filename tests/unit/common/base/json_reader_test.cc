#include "common/base/json_reader.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

std::string StringIn(absl::string_view json) { return JsonReader(json).String(); }

TEST(JsonReader, TextIsReadWithItsEscapes) {
  EXPECT_EQ(StringIn(R"("")"), "");
  EXPECT_EQ(StringIn(R"("Größe 漢字, {a: [b]}")"), "Größe 漢字, {a: [b]}");
  EXPECT_EQ(StringIn(R"("\"said\" \\ \/ \b\f\n\r\t")"), "\"said\" \\ / \b\f\n\r\t");
  EXPECT_EQ(StringIn(R"("\u0041\u00e9\u6F22\ud83D\udE00\u001f")"), "Aé漢😀\x1f");
}

TEST(JsonReader, NumbersAreReadUpToTheirLimits) {
  JsonReader json("[0, -7,9223372036854775807 ,-9223372036854775808]");
  json.Enter();
  for (const int64_t expected : {int64_t{0}, int64_t{-7}, INT64_MAX, INT64_MIN}) {
    ASSERT_TRUE(json.More());
    EXPECT_EQ(json.Int(), expected);
  }
  EXPECT_FALSE(json.More());
}

TEST(JsonReader, MembersComeInAnyOrderAndUnknownOnesAreSkipped) {
  JsonReader json(R"({"b": true, "other": {"x": [1, -2.5e3, null, "]}\""], "y": {}}, "list":
                      ["p", "q"], "none": [], "n": false, "day": "2026-02-28", "time": 5,
                      "id": "0190a000-0000-7000-8000-000000000001", "sum": ["USD", -12], "a": "z"})");
  std::string a;
  bool b = false;
  std::optional<int> absent;
  std::optional<absl::CivilDay> day;
  std::optional<absl::Time> time;
  std::vector<std::string> list;
  Uuid id;
  Money sum;
  TakeObject(json, JsonMember("a", a), JsonMember("b", b), JsonMember("absent", absent),
             JsonMember("day", day), JsonMember("time", time), JsonMember("list", list),
             JsonMember("id", id), JsonMember("sum", sum));
  EXPECT_EQ(a, "z");
  EXPECT_TRUE(b);
  EXPECT_FALSE(absent.has_value());
  EXPECT_EQ(day, absl::CivilDay(2026, 2, 28));
  EXPECT_EQ(time, absl::FromUnixMicros(5));
  EXPECT_EQ(list, (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(id.ToString(), "0190a000-0000-7000-8000-000000000001");
  EXPECT_EQ(sum, (Money{"USD", -12}));
}

TEST(JsonReader, AnArrayMayBeReadByPlace) {
  JsonReader json(R"([[1,"x"],[2]])");
  json.Enter();
  ASSERT_TRUE(json.More());
  json.Enter();
  EXPECT_EQ(json.Int(), 1);
  ASSERT_TRUE(json.More());
  EXPECT_EQ(json.String(), "x");
  EXPECT_FALSE(json.More());
  ASSERT_TRUE(json.More());
  json.Enter();
  EXPECT_EQ(json.Int(), 2);
  EXPECT_FALSE(json.More());
  EXPECT_FALSE(json.More());
}

TEST(JsonReaderDeathTest, DamagedTextAborts) {
  EXPECT_DEATH(JsonReader("").Enter(), "wanted");
  EXPECT_DEATH(JsonReader("12").String(), "a string wanted");
  EXPECT_DEATH(StringIn("\"cut"), "the end of a string");
  EXPECT_DEATH(StringIn("\"cut\\"), "an escape");
  EXPECT_DEATH(StringIn("\"cut\\u00"), "four digits");
  EXPECT_DEATH(StringIn("\"bad\\u00zz\""), "hexadecimal");
  EXPECT_DEATH(JsonReader("\"x\"").Int(), "an integer");
  EXPECT_DEATH(JsonReader("null").Bool(), "a boolean");
}

}  // namespace
}  // namespace crm::base
