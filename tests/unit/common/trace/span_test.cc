#include "common/trace/span.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "tests/support/fake_recorder.h"

namespace crm::trace {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::SizeIs;

constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kUnsampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

TEST(Sampled, IsSaidByTheLastBitOfTheFlags) {
  EXPECT_TRUE(IsSampled(kSampled));
  EXPECT_TRUE(IsSampled("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0f"));
  EXPECT_FALSE(IsSampled(kUnsampled));
  EXPECT_FALSE(IsSampled("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0e"));
  EXPECT_FALSE(IsSampled(""));
  EXPECT_FALSE(IsSampled("01"));
}

TEST(Span, IsNotRecordedWhileNobodyRecords) {
  EXPECT_FALSE(Enabled());
  Span span = Begin("call", {});
  const Active active(span);
  span.Set("key", "value");
  span.Fail("nothing happens");
  EXPECT_FALSE(span.recorded());
  EXPECT_EQ("", span.traceparent());
  EXPECT_FALSE(BeginBelow("statement").recorded());
}

TEST(Span, FollowsTheChoiceOfTheSpanAbove) {
  FakeRecorder recorder;
  EXPECT_TRUE(Begin("call", {.parent = kSampled}).recorded());
  EXPECT_FALSE(Begin("call", {.parent = kUnsampled}).recorded());
  EXPECT_TRUE(Begin("call", {}).recorded());
}

TEST(Span, EndsWithItsOwnerAndOnlyOnce) {
  FakeRecorder recorder;
  {
    Span first = Begin("first", {});
    Span second = std::move(first);
    second.End();
    Span third = Begin("third", {});
    third = Begin("fourth", {});  // ends the third
    EXPECT_THAT(recorder.Named("third"), SizeIs(1));
  }
  EXPECT_THAT(recorder.spans(),
              ElementsAre(Field(&RecordedSpan::name, "first"), Field(&RecordedSpan::name, "third"),
                          Field(&RecordedSpan::name, "fourth")));
}

TEST(Span, CarriesWhatIsSaidAboutIt) {
  FakeRecorder recorder;
  Span span = Begin("call", {.kind = Kind::kServer, .parent = kSampled, .links = {kUnsampled}});
  span.Set("method", "GetLead");
  span.Set("size", 3);
  span.Fail("NOT_FOUND");
  span.End();
  span.Set("too", "late");
  const RecordedSpan recorded = recorder.spans().front();
  EXPECT_EQ(Kind::kServer, recorded.kind);
  EXPECT_EQ(kSampled, recorded.parent);
  EXPECT_THAT(recorded.links, ElementsAre(kUnsampled));
  EXPECT_EQ((std::map<std::string, std::string>{{"method", "GetLead"}, {"size", "3"}}),
            recorded.attributes);
  EXPECT_EQ("NOT_FOUND", recorded.failure);
}

TEST(Active, IsWhatSpansOfItsThreadAreBelow) {
  FakeRecorder recorder;
  EXPECT_FALSE(BeginBelow("nothing above").recorded());
  const Span call = Begin("call", {.parent = kSampled});
  {
    const Active active(call);
    EXPECT_TRUE(HasActive());
    BeginBelow("statement", Kind::kClient);
    std::thread([] { EXPECT_FALSE(BeginBelow("other thread").recorded()); }).join();
    {
      const Span inner = BeginBelow("inner");
      const Active innermost(inner);
      BeginBelow("below inner");
      EXPECT_EQ(inner.traceparent(), recorder.Named("below inner").front().parent);
    }
    {
      const Active nobody{Span()};
      EXPECT_FALSE(HasActive());
      EXPECT_FALSE(BeginBelow("hidden").recorded());
    }
    BeginBelow("statement");
  }
  EXPECT_FALSE(BeginBelow("afterwards").recorded());
  ASSERT_THAT(recorder.Named("statement"), SizeIs(2));
  for (const RecordedSpan& span : recorder.Named("statement")) {
    EXPECT_EQ(call.traceparent(), span.parent);
  }
}

}  // namespace
}  // namespace crm::trace
