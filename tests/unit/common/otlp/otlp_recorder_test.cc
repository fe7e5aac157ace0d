#include "common/otlp/otlp_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/trace/span.h"
#include "tests/support/otlp_collector.h"

namespace crm::otlp {
namespace {

namespace proto = ::opentelemetry::proto::trace::v1;
using ::testing::SizeIs;

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kSpan[] = "b7ad6b7169203331";

std::string Traceparent(absl::string_view flags) {
  return absl::StrCat("00-", kTrace, "-", kSpan, "-", flags);
}

std::unique_ptr<trace::Recorder> RecorderTo(const std::string& endpoint, double ratio) {
  auto recorder = MakeRecorder({.endpoint = endpoint,
                                .ratio = ratio,
                                .service = "crm-lead",
                                .version = "1.2",
                                .instance = "a"});
  return recorder.ok() ? *std::move(recorder) : nullptr;
}

TEST(OtlpRecorder, ExportsASpanAsACollectorReadsIt) {
  testing::OtlpCollector collector;
  {
    const auto recorder = RecorderTo(collector.endpoint(), 0);
    const auto span = recorder->Begin("call", {.kind = trace::Kind::kServer,
                                               .parent = Traceparent("01"),
                                               .links = {Traceparent("01")},
                                               .age = absl::Seconds(2)});
    span->Set("rpc.method", "GetLead");
    span->Set("size", 3);
    span->Fail("NOT_FOUND");
    span->End();
  }  // what waits is exported
  ASSERT_THAT(collector.spans(), SizeIs(1));
  const proto::Span span = collector.spans().front().span;
  auto resource = collector.spans().front().resource;
  EXPECT_EQ("call", span.name());
  EXPECT_EQ(proto::Span::SPAN_KIND_SERVER, span.kind());
  EXPECT_EQ(kTrace, absl::BytesToHexString(span.trace_id()));
  EXPECT_EQ(kSpan, absl::BytesToHexString(span.parent_span_id()));
  ASSERT_EQ(1, span.links_size());
  EXPECT_EQ(kSpan, absl::BytesToHexString(span.links(0).span_id()));
  EXPECT_EQ(proto::Status::STATUS_CODE_ERROR, span.status().code());
  EXPECT_EQ("NOT_FOUND", span.status().message());
  EXPECT_EQ(2, span.attributes_size());
  EXPECT_GE(span.end_time_unix_nano() - span.start_time_unix_nano(), uint64_t{2'000'000'000});
  EXPECT_EQ("crm-lead", resource["service.name"]);
  EXPECT_EQ("1.2", resource["service.version"]);
  EXPECT_EQ("a", resource["service.instance.id"]);
}

TEST(OtlpRecorder, LetsTheParentChooseAndWithoutAParentTheRatio) {
  const auto never = RecorderTo("127.0.0.1:1", 0);
  EXPECT_NE(nullptr, never->Begin("call", {.parent = Traceparent("01")}));
  EXPECT_EQ(nullptr, never->Begin("call", {.parent = Traceparent("00")}));
  EXPECT_EQ(nullptr, never->Begin("call", {}));
  const auto always = RecorderTo("127.0.0.1:1", 1);
  EXPECT_NE(nullptr, always->Begin("call", {}));
  EXPECT_EQ(nullptr, always->Begin("call", {.parent = Traceparent("00")}));
}

TEST(OtlpRecorder, GivesATraceparentThatItUnderstands) {
  const auto recorder = RecorderTo("127.0.0.1:1", 1);
  const auto above = recorder->Begin("above", {});
  const std::string traceparent = above->traceparent();
  EXPECT_TRUE(trace::IsSampled(traceparent));
  const auto below = recorder->Begin("below", {.parent = traceparent});
  EXPECT_EQ(traceparent.substr(0, 36), below->traceparent().substr(0, 36));
  EXPECT_NE(traceparent, below->traceparent());
}

TEST(OtlpRecorder, NeverWaitsForACollectorThatIsAway) {
  const absl::Time begin = absl::Now();
  {
    const auto recorder = RecorderTo("127.0.0.1:1", 1);
    for (int i = 0; i < 10'000; ++i) recorder->Begin("call", {})->End();
    EXPECT_LT(absl::Now() - begin, absl::Seconds(10));  // 10,000 exports would take hours
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
}

}  // namespace
}  // namespace crm::otlp
