#include "common/event/pending_rows.h"

#include <gtest/gtest.h>

namespace crm::event {
namespace {

std::vector<LogRow> Page(int64_t first, int64_t last) {
  std::vector<LogRow> rows(static_cast<size_t>(last - first + 1));
  for (LogRow& row : rows) row.sequence = first++;
  return rows;
}

TEST(PendingRows, AreTakenPageByPage) {
  PendingRows pending;
  pending.Add(Page(1, 3));
  pending.Add({});
  pending.Add(Page(4, 5));
  EXPECT_EQ(pending.pages(), 2u);
  EXPECT_EQ(pending.last_sequence(), 5);
  EXPECT_EQ(pending.front().size(), 3u);
  pending.RemoveFirst(2);
  ASSERT_EQ(pending.front().size(), 1u);
  EXPECT_EQ(pending.front()[0].sequence, 3);
  pending.RemoveFirst(1);
  EXPECT_EQ(pending.front()[0].sequence, 4);
  pending.RemoveFirst(2);
  EXPECT_TRUE(pending.empty());
}

TEST(PendingRows, ForgetWhatWasSentOfAPageThatIsCleared) {
  PendingRows pending;
  pending.Add(Page(1, 3));
  pending.RemoveFirst(2);
  pending.Clear();
  EXPECT_TRUE(pending.empty());
  pending.Add(Page(1, 3));
  EXPECT_EQ(pending.front().size(), 3u);
}

}  // namespace
}  // namespace crm::event
