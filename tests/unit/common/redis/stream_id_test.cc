#include <gtest/gtest.h>

#include "common/redis/stream.h"

namespace crm::redis {
namespace {

TEST(StreamId, ReadsWhatItWrites) {
  const auto id = StreamId::Parse("1700000000123-42");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->ms, 1700000000123);
  EXPECT_EQ(id->seq, 42);
  EXPECT_EQ(id->ToString(), "1700000000123-42");
}

TEST(StreamId, RefusesOtherTexts) {
  for (const char* text : {"", "-", "1", "1-", "-1", "1-x", "x-1", "1-2-3", "1--2"}) {
    EXPECT_FALSE(StreamId::Parse(text).has_value()) << text;
  }
}

TEST(StreamId, IsOrderedByTimeFirst) {
  EXPECT_LT((StreamId{1, 9}), (StreamId{2, 1}));
  EXPECT_LT((StreamId{2, 1}), (StreamId{2, 2}));
}

}  // namespace
}  // namespace crm::redis
