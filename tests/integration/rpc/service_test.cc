#include "tests/integration/rpc/probe_server.h"

namespace crm::rpc {
namespace {

using ::testing::HasSubstr;

void NothingAtAll(const ProbeHandlers&, Calls<v1::EmptyRequest, v1::EmptyResponse>) {}
absl::Status WrongAnswer(const ProbeHandlers&, const CallContext&, const v1::EchoRequest&,
                         v1::EmptyResponse&) {
  return absl::OkStatus();
}

// Binds as a test says.
class AnyService final : public Service<ProbeHandlers> {
 public:
  AnyService(const Binding& binding, const std::function<void(AnyService&)>& bind,
             const char* name = v1::ProbeService::service_full_name())
      : Service(name, binding, {}) {
    bind(*this);
  }
  using Service::Batched;
  using Service::Single;
};

// Makes the service and puts it on a server, as a program's start does.
void Make(const std::function<void(AnyService&)>& bind,
          const char* name = v1::ProbeService::service_full_name()) {
  metrics::Registry metrics;
  Executor executor(ExecutorOptions{});
  AnyService service({executor, "crm.probe.v1", metrics}, bind, name);
  Server server(ServerOptions{});
  server.Register(service);
}

class ServiceDeathTest : public ::testing::Test {
 protected:
  ServiceDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(ServiceDeathTest, AMethodLeftUnboundIsNamed) {
  EXPECT_DEATH(Make([](AnyService& service) {
                 service.Single("Echo", Lane::kRead, Check, EchoOne);
                 service.Batched("Gather", Lane::kWrite, 8, Check, GatherAll);
                 service.Single("Nothing", Lane::kRead, nullptr, DoNothing);
               }),
               "ProbeService.Peek is not bound");
}

TEST_F(ServiceDeathTest, AMethodThatTheProtoDoesNotKnowIsNamed) {
  EXPECT_DEATH(
      Make([](AnyService& service) { service.Single("Ecco", Lane::kRead, Check, EchoOne); }),
      "ProbeService/Ecco is not a method");
}

TEST_F(ServiceDeathTest, AMethodBoundTwiceIsNamed) {
  EXPECT_DEATH(Make([](AnyService& service) {
                 service.Single("Echo", Lane::kRead, Check, EchoOne);
                 service.Batched("Echo", Lane::kWrite, 8, Check, GatherAll);
               }),
               "ProbeService/Echo is bound twice");
}

TEST_F(ServiceDeathTest, AHandlerOfOtherMessagesIsNamed) {
  EXPECT_DEATH(Make([](AnyService& service) {
                 service.Batched("Echo", Lane::kRead, 8, nullptr, NothingAtAll);
               }),
               "ProbeService.Echo is bound to a handler that takes crm.probe.v1.EmptyRequest");
  EXPECT_DEATH(
      Make([](AnyService& service) { service.Single("Echo", Lane::kRead, Check, WrongAnswer); }),
      "returns crm.probe.v1.EmptyResponse");
}

TEST_F(ServiceDeathTest, ALaneThatNobodyWorksOnIsNoticed) {
  EXPECT_DEATH(
      Make([](AnyService& service) { service.Single("Echo", OwnLane(0), Check, EchoOne); }),
      "ProbeService/Echo is bound to a missing lane");
}

TEST_F(ServiceDeathTest, AServiceOfNoProtoIsNoticed) {
  EXPECT_DEATH(Make([](AnyService&) {}, "crm.probe.v1.Nobody"), "crm.probe.v1.Nobody is not");
}

TEST(ServiceTest, ReflectionListsIt) {
  ProbeServer server;
  // ServerReflectionRequest{list_services: "*"}; one request has one answer.
  const grpc::Slice slice(std::string("\x3a\x01*"));
  const grpc::ByteBuffer request(&slice, 1);
  grpc::GenericStub stub(server.channel());
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", {},
                 &request, &response, [&](grpc::Status status) { done.set_value(status); });
  const grpc::Status status = done.get_future().get();
  ASSERT_TRUE(status.ok()) << status.error_message();
  grpc::Slice answer;
  ASSERT_TRUE(response.DumpToSingleSlice(&answer).ok());
  EXPECT_THAT(std::string(answer.begin(), answer.end()), HasSubstr("crm.probe.v1.ProbeService"));
}

}  // namespace
}  // namespace crm::rpc
