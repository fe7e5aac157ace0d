#include "common/log/log.h"
#include "tests/integration/rpc/probe_server.h"

namespace crm::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::EchoRequest Named(const std::string& name) {
  v1::EchoRequest request;
  request.mutable_probe()->set_name(name);
  return request;
}

TEST(MethodTest, ACallReachesItsHandlerAndItsAnswerComesBack) {
  ProbeServer server;
  v1::Probe response;
  EXPECT_TRUE(server.Echo(Named("a"), &response).ok());
  EXPECT_EQ(response.name(), "a");
  v1::EmptyResponse nothing;
  grpc::ClientContext context;
  EXPECT_TRUE(server.stub().Nothing(&context, {}, &nothing).ok());
}

TEST(MethodTest, TheContextTellsWhoCallsUntilWhenAndInWhichTrace) {
  CallContext seen;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext& context, const v1::EchoRequest&, v1::Probe&) {
    seen = context;
    return absl::OkStatus();
  };
  ProbeServer server(handlers);
  EXPECT_TRUE(server.Echo({}).ok());
  EXPECT_EQ(seen.tenant, "default");
  EXPECT_EQ(seen.actor, "anonymous");
  EXPECT_EQ(seen.traceparent, "");
  EXPECT_EQ(seen.deadline, absl::InfiniteFuture());
  EXPECT_EQ(seen.method, "crm.probe.v1.ProbeService/Echo");

  CallContext caller;
  caller.tenant = "acme";
  caller.actor = "ann@example.com";
  caller.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  caller.deadline = absl::Now() + absl::Seconds(30);
  const auto client = ClientContextFor(caller, absl::Minutes(5));
  v1::Probe response;
  EXPECT_TRUE(server.stub().Echo(client.get(), {}, &response).ok());
  EXPECT_EQ(seen.tenant, caller.tenant);
  EXPECT_EQ(seen.actor, caller.actor);
  EXPECT_EQ(seen.traceparent, caller.traceparent);
  EXPECT_LT(absl::AbsDuration(seen.deadline - caller.deadline), absl::Seconds(1));
}

TEST(MethodTest, AMalformedTenantIsRefused) {
  ProbeServer server;
  grpc::ClientContext context;
  context.AddMetadata("x-crm-tenant", "two words");
  v1::Probe response;
  const absl::Status status = FromGrpcStatus(server.stub().Echo(&context, {}, &response));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "x-crm-tenant");
}

TEST(MethodTest, TheCheckSpeaksBeforeTheHandlerRuns) {
  bool ran = false;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext&, const v1::EchoRequest&, v1::Probe&) {
    ran = true;
    return absl::OkStatus();
  };
  ProbeServer server(handlers);
  v1::EchoRequest request;
  request.mutable_probe()->set_size(101);
  request.mutable_probe()->set_note("eleven long");
  const absl::Status status = server.Echo(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(status), "FIELD_INVALID");
  EXPECT_EQ(error::DetailsOf(status)->fields.size(), 2u);
  EXPECT_FALSE(ran);
}

TEST(MethodTest, WhatGoesWrongInsideStaysInsideAndInTheLog) {
  std::string lines;
  std::mutex mutex;
  log::Init("probe", log::Level::kInfo, [&](absl::string_view line) {
    std::lock_guard<std::mutex> lock(mutex);
    lines.append(line.data(), line.size());
  });
  {
    ProbeHandlers handlers;
    handlers.echo = [&](const CallContext&, const v1::EchoRequest& request,
                        v1::Probe&) -> absl::Status {
      if (request.probe().name() == "throw") throw std::runtime_error("secret one");
      return absl::InternalError("secret two");
    };
    ProbeServer server(handlers);
    for (const char* name : {"throw", "return"}) {
      const absl::Status status = server.Echo(Named(name));
      EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << name;
      EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
      const auto details = error::DetailsOf(status);
      ASSERT_TRUE(details.has_value());
      EXPECT_EQ(details->reason, "INTERNAL_ERROR");
      log::Flush();
      std::lock_guard<std::mutex> lock(mutex);
      EXPECT_THAT(lines, HasSubstr(details->metadata[0].second));
    }
  }
  log::Init("probe", log::Level::kInfo);
  EXPECT_THAT(lines, AllOf(HasSubstr("secret one"), HasSubstr("secret two")));
}

TEST(MethodTest, WaitingCallsAreAnsweredInOneBatchEachOnItsOwn) {
  Door door;
  std::mutex mutex;
  std::vector<size_t> sizes;
  ProbeHandlers handlers;
  handlers.gather = [&](EchoCalls calls) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      sizes.push_back(calls.size());
    }
    door.Enter();
    for (EchoCall* call : calls) {
      const std::string& name = call->request().probe().name();
      call->Finish(name == "bad" ? error::NotFound("probes/bad") : absl::OkStatus());
    }
  };
  ProbeServer server(handlers, {.write_workers = 1});
  std::vector<std::future<absl::Status>> answers;
  answers.push_back(server.Later(&v1::ProbeService::Stub::Gather, "first"));
  ASSERT_TRUE(door.AwaitArrivals(1));
  for (const char* name : {"good", "bad", "good"}) {
    answers.push_back(server.Later(&v1::ProbeService::Stub::Gather, name));
  }
  ASSERT_TRUE(testing::Await(absl::Seconds(10),
                             [&] { return server.executor().Queued(Lane::kWrite) == 3; }));
  door.Open();
  EXPECT_TRUE(answers[0].get().ok());
  EXPECT_TRUE(answers[1].get().ok());
  EXPECT_EQ(answers[2].get().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(answers[3].get().ok());
  EXPECT_THAT(sizes, ::testing::ElementsAre(1, 3));
}

TEST(MethodTest, ADroppedCallIsAnsweredInternal) {
  ProbeHandlers handlers;
  handlers.gather = [](EchoCalls) {};
  ProbeServer server(handlers);
  EXPECT_EQ(server.Later(&v1::ProbeService::Stub::Gather).get().code(),
            absl::StatusCode::kInternal);
}

TEST(MethodTest, OnlyTheFirstAnswerCounts) {
  ProbeHandlers handlers;
  handlers.gather = [&](EchoCalls calls) {
    calls[0]->Finish(absl::OkStatus());
    calls[0]->Finish(error::NotFound("probes/1"));
  };
  ProbeServer server(handlers);
  EXPECT_TRUE(server.Later(&v1::ProbeService::Stub::Gather).get().ok());
}

TEST(MethodTest, AReplaySendsStoredBytes) {
  v1::Probe stored;
  stored.set_name("stored");
  ProbeHandlers handlers;
  handlers.gather = [&](EchoCalls calls) {
    calls[0]->FinishSerialized(stored.SerializeAsString(), /*replayed=*/true);
  };
  ProbeServer server(handlers);
  grpc::ClientContext context;
  v1::Probe response;
  ASSERT_TRUE(server.stub().Gather(&context, Named("new"), &response).ok());
  EXPECT_EQ(response.name(), "stored");
  EXPECT_NE(server.metrics().Text().find("crm_idempotent_replays_total{method=\"Gather\"} 1\n"),
            std::string::npos);
}

TEST(MethodTest, EveryCallIsCounted) {
  ProbeServer server;
  EXPECT_TRUE(server.Echo({}).ok());
  const std::string text = server.metrics().Text();
  constexpr char kEcho[] = "grpc_method=\"Echo\",grpc_service=\"crm.probe.v1.ProbeService\"";
  for (const std::string& line : {
           absl::StrCat("grpc_server_started_total{", kEcho, "} 1"),
           absl::StrCat("grpc_server_handled_total{grpc_code=\"OK\",", kEcho, "} 1"),
           absl::StrCat("grpc_server_handling_seconds_count{", kEcho, "} 1"),
           absl::StrCat("crm_rpc_batch_size_count{", kEcho, "} 1"),
           std::string("crm_calls_by_tenant_total{grpc_code=\"OK\",tenant=\"default\"} 1"),
           std::string("crm_idempotent_replays_total{method=\"Echo\"} 0"),
           std::string("crm_admission_rejected_total{reason=\"queue_full\"} 0"),
       }) {
    EXPECT_NE(text.find(line + "\n"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace crm::rpc
