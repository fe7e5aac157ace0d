#include "common/serving/page_bytes.h"

#include <gtest/gtest.h>

#include <vector>

namespace crm::serving {
namespace {

struct Thing {
  size_t bytes;
  size_t ByteSizeLong() const { return bytes; }
};

size_t Filled(const std::vector<Thing>& things, size_t limit) {
  size_t added = 0;
  const size_t count = FillPage(things, limit, [&](const Thing& thing) -> const Thing& {
    EXPECT_EQ(&thing, &things[added++]) << "in order, each once";
    return thing;
  });
  EXPECT_EQ(count, added);
  return count;
}

TEST(FillPageTest, EndsAtItsLimitOrItsSize) {
  const Thing small{100};
  const Thing large{1 << 20};
  EXPECT_EQ(Filled({}, 10), 0u);
  EXPECT_EQ(Filled({small, small, small}, 2), 2u);
  EXPECT_EQ(Filled({small, small, small}, 3), 3u);
  EXPECT_EQ(Filled({small, small, small}, 9), 3u);
  EXPECT_EQ(Filled(std::vector<Thing>(9, large), 9), 3u) << "3 MiB";
  EXPECT_EQ(Filled({small, large, large, large, small}, 9), 4u);
  EXPECT_EQ(Filled({{kPageBytes}, small}, 9), 1u);
  EXPECT_EQ(Filled({{2 * kPageBytes}, small}, 9), 1u) << "one, however large";
}

}  // namespace
}  // namespace crm::serving
