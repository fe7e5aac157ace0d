#include "common/event/entry_format.h"

#include <gtest/gtest.h>

#include <string>

namespace crm::event {
namespace {

TEST(EntryValues, PutsTheLengthBeforeEachValue) {
  EntryValues values;
  values.Begin({5, 1});
  values.Text("");
  values.Number(-12);
  values.Append([](std::string& out) { out += "appended"; });
  values.last() += "body";
  EXPECT_EQ(values.packed(), std::string("\3\0"
                                         "5-1"
                                         "\0\0"
                                         "\3\0"
                                         "-12"
                                         "\10\0"
                                         "appended",
                                         22));
  EXPECT_EQ(values.last(), "body");
}

TEST(EntryValues, TellsLengthsInTwoBytesTheLowerOneFirst) {
  EntryValues values;
  values.Begin({5, 1});
  values.Text(std::string(0x1234, 'x'));
  EXPECT_EQ(values.packed().substr(5, 2), "\x34\x12");
}

TEST(EntryValues, BeginAnew) {
  EntryValues values;
  values.Begin({5, 1});
  values.Text("one");
  values.last() += "body";
  values.Begin({5, 2});
  EXPECT_EQ(values.packed(), std::string("\3\0"
                                         "5-2",
                                         5));
  EXPECT_EQ(values.last(), "");
}

}  // namespace
}  // namespace crm::event
