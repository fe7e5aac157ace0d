#include "common/rpc/health_listener.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/integration/rpc/probe_server.h"
#include "tests/support/health.h"

namespace crm::rpc {
namespace {

using testing::Health;
using testing::HealthOf;
using testing::HealthWatch;

class HealthListenerTest : public ::testing::Test {
 protected:
  HealthListenerTest() {
    EXPECT_TRUE(listener_.Start("127.0.0.1:0", "").ok());
    channel_ = grpc::CreateChannel(Address(), grpc::InsecureChannelCredentials());
  }

  std::string Address() const { return absl::StrCat("127.0.0.1:", listener_.selected_port()); }
  Health Ask(const std::string& name) { return HealthOf(channel_, name); }

  HealthListener listener_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(HealthListenerTest, TellsEachNameForItself) {
  for (const char* const name : {kReadiness, kStartup, kLiveness}) {
    EXPECT_EQ(Ask(name), testing::kNotServing) << name;
  }
  listener_.Set(kStartup, true);
  EXPECT_EQ(Ask(kStartup), testing::kServing);
  EXPECT_EQ(Ask(kReadiness), testing::kNotServing);
  listener_.Set(kReadiness, true);
  listener_.Set(kStartup, false);
  EXPECT_EQ(Ask(kReadiness), testing::kServing);
  EXPECT_EQ(Ask(kStartup), testing::kNotServing);
  EXPECT_EQ(Ask("crm.probe.v1.ProbeService"), testing::kUnknown);
}

TEST_F(HealthListenerTest, AWatchHearsOfEachChange) {
  HealthWatch watch(channel_, kReadiness);
  EXPECT_EQ(watch.Next(), testing::kNotServing);
  listener_.Set(kReadiness, true);
  EXPECT_EQ(watch.Next(), testing::kServing);
  listener_.Set(kReadiness, false);
  EXPECT_EQ(watch.Next(), testing::kNotServing);
}

TEST(HealthListener, AnOpenWatchDoesNotKeepIt) {
  auto listener = std::make_unique<HealthListener>();
  ASSERT_TRUE(listener->Start("127.0.0.1:0", "").ok());
  HealthWatch watch(grpc::CreateChannel(absl::StrCat("127.0.0.1:", listener->selected_port()),
                                        grpc::InsecureChannelCredentials()),
                    kStartup);
  EXPECT_EQ(watch.Next(), testing::kNotServing);
  const base::SteadyTime start = base::SteadyNow();
  listener.reset();
  EXPECT_EQ(watch.Next(), testing::kUnknown);
  EXPECT_LT(base::SteadyNow() - start, absl::Seconds(20));
}

// The service's own server, started before, has reflection.
TEST_F(HealthListenerTest, HasNothingElse) {
  ProbeServer api;
  HealthListener second;
  ASSERT_TRUE(second.Start("127.0.0.1:0", "").ok());
  const auto code_of = [](const std::string& address, const char* method) {
    grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    const grpc::ByteBuffer request(nullptr, 0);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, {}, &request, &response,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get().error_code();
  };
  constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_NE(code_of(api.Address(), kReflection), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(code_of(absl::StrCat("127.0.0.1:", second.selected_port()), kReflection),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(HealthListenerTest, APortIsHadByOneOnly) {
  HealthListener second;
  EXPECT_EQ(second.Start(Address(), "").code(), absl::StatusCode::kUnavailable);
  second.Set(kReadiness, true);  // without effect
}

TEST(HealthListener, ThePortIsWrittenToAFile) {
  const std::string path = ::testing::TempDir() + "/health_port";
  HealthListener listener;
  ASSERT_TRUE(listener.Start("127.0.0.1:0", path).ok());
  int port = 0;
  std::ifstream(path) >> port;
  EXPECT_EQ(port, listener.selected_port());
  std::remove(path.c_str());
}

}  // namespace
}  // namespace crm::rpc
