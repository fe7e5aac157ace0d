#include "common/event/entry_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crm::event {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Given(const EntryValues& values) {
  std::vector<std::string> given;
  values.ForEach([&given](absl::string_view value) { given.emplace_back(value); });
  return given;
}

TEST(EntryValues, AreTheIdAndWhatWasGivenInOrder) {
  EntryValues values;
  values.Begin({5, 1});
  values.Text("");
  values.Number(-12);
  values.Append([](std::string& out) { out += "appended"; });
  values.Text(std::string(70'000, 'x'));
  values.Text(absl::string_view("a\0b", 3));
  EXPECT_THAT(Given(values), ElementsAre("5-1", "", "-12", "appended", std::string(70'000, 'x'),
                                         std::string("a\0b", 3)));
}

TEST(EntryValues, BeginAnew) {
  EntryValues values;
  values.Begin({5, 1});
  values.Text("one");
  values.Begin({5, 2});
  EXPECT_THAT(Given(values), ElementsAre("5-2"));
}

}  // namespace
}  // namespace crm::event
