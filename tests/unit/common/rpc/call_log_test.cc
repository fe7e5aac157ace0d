// The line of a call: what stands in it, and how many there are.

#include "common/rpc/call_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/log/log.h"

namespace crm::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(LineBudget, LetsSoManyThroughInASecondAndTellsOfTheRestInTheNext) {
  LineBudget budget(3);
  const base::SteadyTime now = base::SteadyNow();
  const auto in_second = [&](int n) { return now + absl::Seconds(n); };
  uint64_t omitted = 0;
  int passed = 0;
  // A second begins somewhere within it, so take one that is whole.
  budget.Take(in_second(0), &omitted);
  for (int i = 0; i < 10; ++i) passed += budget.Take(in_second(1), &omitted);
  EXPECT_EQ(passed, 3);
  EXPECT_EQ(omitted, 0u);
  EXPECT_EQ(budget.Omitted(), 7u);
  EXPECT_TRUE(budget.Take(in_second(2), &omitted));
  EXPECT_EQ(omitted, 7u);
  EXPECT_TRUE(budget.Take(in_second(3), &omitted));
  EXPECT_EQ(omitted, 0u) << "told once";
  EXPECT_EQ(budget.Omitted(), 7u);
}

class CallLog : public ::testing::Test {
 protected:
  CallLog() {
    log::Init("probe", log::Level::kInfo, [this](absl::string_view lines) {
      std::lock_guard<std::mutex> lock(mutex_);
      text_.append(lines.data(), lines.size());
    });
    context_.method = "crm.probe.v1.ProbeService/Echo";
    context_.tenant = "acme";
    context_.actor = "ann@example.com";
  }
  ~CallLog() override { log::Init("probe", log::Level::kInfo); }

  std::vector<std::string> Lines() {
    log::Flush(absl::Seconds(20));
    std::lock_guard<std::mutex> lock(mutex_);
    return absl::StrSplit(text_, '\n', absl::SkipEmpty());
  }

  CallContext context_;
  // Each test has seconds of its own.
  inline static base::SteadyTime now_ = base::SteadyNow();

 private:
  std::mutex mutex_;
  std::string text_;
};

TEST_F(CallLog, TellsWhatHappenedToWhomButNothingPersonal) {
  now_ = now_ + absl::Seconds(2);
  context_.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  LogCall(context_, {grpc::StatusCode::OK, absl::Milliseconds(1500)}, now_);
  LogCall(context_, {grpc::StatusCode::NOT_FOUND, absl::Seconds(1), "RESOURCE_NOT_FOUND"}, now_);
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], AllOf(HasSubstr("\"level\":\"info\""), HasSubstr("\"msg\":\"call\""),
                              HasSubstr("\"method\":\"crm.probe.v1.ProbeService/Echo\""),
                              HasSubstr("\"code\":\"OK\""), HasSubstr("\"tenant\":\"acme\""),
                              HasSubstr("\"seconds\":1.5"),
                              HasSubstr("\"trace\":\"0af7651916cd43dd8448eb211c80319c\"")));
  EXPECT_THAT(lines[0], AllOf(Not(HasSubstr("ann")), Not(HasSubstr("reason"))));
  EXPECT_THAT(lines[1], AllOf(HasSubstr("\"code\":\"NOT_FOUND\""),
                              HasSubstr("\"reason\":\"RESOURCE_NOT_FOUND\"")));
}

TEST_F(CallLog, OfSuccessesSoManyASecondOfFailuresAll) {
  now_ = now_ + absl::Seconds(2);
  const uint64_t before = OmittedCallLines();
  for (int i = 0; i < 700; ++i) {
    LogCall(context_, {grpc::StatusCode::OK, absl::Milliseconds(1)}, now_);
    LogCall(context_, {grpc::StatusCode::RESOURCE_EXHAUSTED, absl::ZeroDuration()}, now_);
  }
  EXPECT_EQ(Lines().size(), static_cast<size_t>(kMostOkLines) + 700u);
  EXPECT_EQ(OmittedCallLines() - before, 200u);
  now_ = now_ + absl::Seconds(1);
  LogCall(context_, {grpc::StatusCode::OK, absl::Milliseconds(1)}, now_);
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), static_cast<size_t>(kMostOkLines) + 702u);
  EXPECT_THAT(lines[lines.size() - 2],
              AllOf(HasSubstr("\"msg\":\"calls not logged\""), HasSubstr("\"count\":200")));
}

}  // namespace
}  // namespace crm::rpc
