#include "common/log/line_queue.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

namespace crm::log {
namespace {

// A pipe that nobody reads before Read is called, and that is full: writing to it blocks.
class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(0, pipe(ends_));
    fcntl(ends_[1], F_SETFL, O_NONBLOCK);
    while (write(ends_[1], "\n", 1) == 1) {
    }
    fcntl(ends_[1], F_SETFL, 0);
  }
  ~Pipe() { close(ends_[0]); }

  Sink Writer() {
    return [this](absl::string_view lines) {
      while (!lines.empty()) {
        const ssize_t done = write(ends_[1], lines.data(), lines.size());
        ASSERT_GT(done, 0);
        lines.remove_prefix(static_cast<size_t>(done));
      }
    };
  }
  void CloseWriter() { close(ends_[1]); }
  // Everything until the writer is closed.
  std::vector<std::string> Read() {
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = read(ends_[0], buffer, sizeof(buffer))) > 0;) all.append(buffer, n);
    return absl::StrSplit(all, '\n', absl::SkipEmpty());
  }

 private:
  int ends_[2];
};

TEST(LineQueue, HandsLinesOverInOrderAndSeveralAtOnceWhenTheyWait) {
  std::string all;
  int calls = 0;
  LineQueue queue(1000, [&](absl::string_view lines) {
    if (calls++ == 0) absl::SleepFor(absl::Milliseconds(20));
    all.append(lines.data(), lines.size());
  });
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    queue.Post(absl::StrCat(i, "\n"));
    absl::StrAppend(&expected, i, "\n");
  }
  ASSERT_TRUE(queue.Flush(absl::Seconds(30)));
  EXPECT_EQ(expected, all);
  EXPECT_LT(calls, 500);
  EXPECT_EQ(0u, queue.Dropped());
}

TEST(LineQueue, ASinkThatIsStuckBlocksNobody) {
  constexpr int kPosted = 10'000;
  const std::string padding(200, 'x');
  Pipe pipe;
  std::vector<std::string> got;
  std::thread reader;
  {
    LineQueue queue(100, pipe.Writer());
    for (int i = 0; i < kPosted; ++i) queue.Post(absl::StrCat(i, " ", padding, "\n"));
    EXPECT_GT(queue.Dropped(), 0u);
    EXPECT_FALSE(queue.Flush(absl::Milliseconds(1)));
    EXPECT_FALSE(queue.Idle());
    reader = std::thread([&] { got = pipe.Read(); });
    EXPECT_TRUE(queue.Flush(absl::Seconds(30)));
    EXPECT_TRUE(queue.Idle());
    pipe.CloseWriter();
    reader.join();
    EXPECT_EQ(kPosted - queue.Dropped(), got.size());
  }
  EXPECT_EQ(absl::StrCat(kPosted - 1, " ", padding), got.back());
}

TEST(LineQueue, ANewSinkTakesOverWhenTheFormerOneHasEverything) {
  std::string first;
  std::string second;
  LineQueue queue(100, [&](absl::string_view lines) { first.append(lines.data(), lines.size()); });
  queue.Post("a\n");
  queue.SetSink([&](absl::string_view lines) { second.append(lines.data(), lines.size()); });
  queue.Post("b\n");
  EXPECT_TRUE(queue.Flush(absl::Seconds(30)));
  EXPECT_EQ("a\n", first);
  EXPECT_EQ("b\n", second);
}

}  // namespace
}  // namespace crm::log
