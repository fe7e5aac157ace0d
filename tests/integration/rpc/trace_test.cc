#include "tests/integration/rpc/probe_server.h"
#include "tests/support/fake_recorder.h"

namespace crm::rpc {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kUnsampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
constexpr char kEcho[] = "crm.probe.v1.ProbeService/Echo";
constexpr char kGather[] = "crm.probe.v1.ProbeService/Gather";

// A caller whose channel does not trace, like one of another firm.
absl::Status EchoWithin(ProbeServer& server, const std::string& traceparent) {
  grpc::ClientContext context;
  if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
  v1::Probe response;
  return FromGrpcStatus(server.stub().Echo(&context, {}, &response));
}

trace::RecordedSpan Only(const std::vector<trace::RecordedSpan>& spans) {
  EXPECT_THAT(spans, SizeIs(1));
  return spans.empty() ? trace::RecordedSpan() : spans.front();
}

// The server's spans end after its answer was sent.
trace::RecordedSpan AwaitOnly(const trace::FakeRecorder& recorder, const std::string& name) {
  EXPECT_TRUE(testing::Await(absl::Seconds(10), [&] { return !recorder.Named(name).empty(); }));
  return Only(recorder.Named(name));
}

TEST(TraceTest, ACallItsWaitAndItsBatchAreBelowTheCaller) {
  std::string seen, below;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext& context, const v1::EchoRequest&, v1::Probe&) {
    seen = context.traceparent;
    below = trace::BeginBelow("work").traceparent();
    return absl::Status(error::Internal("broken"));
  };
  ProbeServer server(handlers);
  trace::FakeRecorder recorder;
  EXPECT_FALSE(EchoWithin(server, kSampled).ok());
  const trace::RecordedSpan batch = AwaitOnly(recorder, absl::StrCat("batch ", kEcho));
  const trace::RecordedSpan call = Only(recorder.Named(kEcho));
  EXPECT_EQ(call.parent, kSampled);
  EXPECT_EQ(call.kind, trace::Kind::kServer);
  EXPECT_EQ(call.failure, "INTERNAL");
  EXPECT_EQ(call.attributes.at("rpc.grpc.status_code"), "13");
  EXPECT_EQ(call.attributes.at("crm.tenant"), "default");
  EXPECT_EQ(seen, call.traceparent);
  EXPECT_EQ(Only(recorder.Named("queue")).parent, call.traceparent);
  EXPECT_EQ(batch.parent, call.traceparent);
  EXPECT_EQ(Only(recorder.Named("work")).parent, batch.traceparent);
  EXPECT_NE(below, "");
}

TEST(TraceTest, ACallersMistakeIsNoFailureOfTheServer) {
  ProbeHandlers handlers;
  handlers.echo = [](const CallContext&, const v1::EchoRequest&, v1::Probe&) {
    return absl::Status(error::NotFound("probes/1"));
  };
  ProbeServer server(handlers);
  trace::FakeRecorder recorder;
  EXPECT_FALSE(EchoWithin(server, kSampled).ok());
  const trace::RecordedSpan call = AwaitOnly(recorder, kEcho);
  EXPECT_EQ(call.failure, "");
  EXPECT_EQ(call.attributes.at("error.type"), "RESOURCE_NOT_FOUND");
}

TEST(TraceTest, WhatTheCallerDoesNotRecordIsNotRecordedHere) {
  std::string seen;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext& context, const v1::EchoRequest&, v1::Probe&) {
    seen = context.traceparent;
    EXPECT_FALSE(trace::BeginBelow("work").recorded());
    return absl::OkStatus();
  };
  ProbeServer server(handlers);
  trace::FakeRecorder recorder;
  EXPECT_TRUE(EchoWithin(server, kUnsampled).ok());
  EXPECT_EQ(seen, kUnsampled);
  EXPECT_THAT(recorder.spans(), IsEmpty());
}

TEST(TraceTest, ABatchIsBelowItsFirstCallAndLinkedToTheOthers) {
  Door door;
  ProbeHandlers handlers;
  handlers.gather = [&](EchoCalls calls) {
    door.Enter();
    for (EchoCall* call : calls) call->Finish(absl::OkStatus());
  };
  ProbeServer server(handlers, {.write_workers = 1});
  trace::FakeRecorder recorder;
  std::vector<std::future<absl::Status>> calls;
  calls.push_back(server.Later(&v1::ProbeService::Stub::Gather));
  ASSERT_TRUE(door.AwaitArrivals(1));
  for (int i = 0; i < 3; ++i) calls.push_back(server.Later(&v1::ProbeService::Stub::Gather));
  ASSERT_TRUE(testing::Await(absl::Seconds(10),
                             [&] { return server.executor().Queued(Lane::kWrite) == 3; }));
  door.Open();
  for (auto& call : calls) EXPECT_TRUE(call.get().ok());
  const std::string name = absl::StrCat("batch ", kGather);
  ASSERT_TRUE(testing::Await(absl::Seconds(10), [&] { return recorder.Named(name).size() == 2; }));
  const trace::RecordedSpan three = recorder.Named(name)[1];
  EXPECT_EQ(three.attributes.at("crm.batch.size"), "3");
  std::vector<std::string> causes = three.links;
  causes.push_back(three.parent);
  std::vector<std::string> served;
  for (const auto& span : recorder.Named(kGather)) served.push_back(span.traceparent);
  ASSERT_THAT(served, SizeIs(4));
  std::erase(served, recorder.Named(name)[0].parent);
  EXPECT_THAT(causes, ::testing::UnorderedElementsAreArray(served));
}

// A process that traces calls the probe server, which keeps the last context that it was given.
class NeighbourTraceTest : public ::testing::Test {
 protected:
  absl::Status Echo(const CallContext& caller = {}) {
    const auto context = ClientContextFor(caller, absl::Minutes(1));
    v1::Probe response;
    return FromGrpcStatus(stub_->Echo(context.get(), {}, &response));
  }

  std::string seen_;
  ProbeServer server_{
      {.echo = [this](const CallContext& context, const v1::EchoRequest&, v1::Probe&) {
        seen_ = context.traceparent;
        return absl::OkStatus();
      }}};
  trace::FakeRecorder recorder_;  // it records every trace that begins; before the channel
  const std::unique_ptr<v1::ProbeService::Stub> stub_ = v1::ProbeService::NewStub(
      MakeChannel(
          {.target = server_.Address(), .service_config = ServiceConfigJson({}, HealthChecks::kNo)})
          .value());
};

TEST_F(NeighbourTraceTest, ACallCarriesTheSpanBelowTheActiveOne) {
  const trace::Span work = trace::Begin("work", {});
  const trace::Active active(work);
  EXPECT_TRUE(Echo().ok());
  ASSERT_TRUE(
      testing::Await(absl::Seconds(10), [&] { return recorder_.Named(kEcho).size() == 2; }));
  for (const trace::RecordedSpan& span : recorder_.Named(kEcho)) {
    if (span.kind == trace::Kind::kClient) {
      EXPECT_EQ(span.parent, work.traceparent());
      EXPECT_EQ(span.attributes.at("rpc.grpc.status_code"), "0");
    } else {
      EXPECT_EQ(span.kind, trace::Kind::kServer);
      EXPECT_EQ(span.parent.substr(0, 35), work.traceparent().substr(0, 35));
      EXPECT_EQ(span.traceparent, seen_);
    }
  }
}

TEST_F(NeighbourTraceTest, TheContextThatACallWasGivenGoesBeforeTheActiveSpan) {
  const trace::Span work = trace::Begin("work", {});
  const trace::Active active(work);
  CallContext caller;
  caller.traceparent = kSampled;
  EXPECT_TRUE(Echo(caller).ok());
  EXPECT_EQ(seen_.substr(0, 35), std::string(kSampled).substr(0, 35));
  caller.traceparent = kUnsampled;
  EXPECT_TRUE(Echo(caller).ok());
  EXPECT_EQ(seen_, kUnsampled);
}

TEST_F(NeighbourTraceTest, ACallFromOutsideAnyTraceBeginsNone) {
  EXPECT_TRUE(Echo().ok());
  EXPECT_TRUE(IsTraceparent(seen_)) << seen_;
  EXPECT_FALSE(trace::IsSampled(seen_));
  EXPECT_THAT(recorder_.spans(), IsEmpty());
}

}  // namespace
}  // namespace crm::rpc
