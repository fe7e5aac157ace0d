// A service whose neighbours are stopped (SIGSTOP) still ends when it is told to.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/steady_clock.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/service_fixture.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

namespace v1 = ::crm::opportunity::v1;

constexpr absl::Duration kDelay = absl::Milliseconds(300);
constexpr absl::Duration kGrace = absl::Milliseconds(700);
constexpr absl::Duration kLast = absl::Seconds(4);          // what lifecycle::Drain adds
constexpr absl::Duration kSlack = absl::Milliseconds(500);  // for a busy machine

class DrainTest : public TenantTest {
 protected:
  DrainTest() {
    postgres_.CreateSchema(database_, "crm_opportunity");
    EXPECT_EQ(RunScript(Program("migrate")).code, 0);
  }
  ~DrainTest() override {
    postgres_.Resume();
    redis_.Resume();
    std::filesystem::remove(port_file_);
  }

  std::string Program(const std::string& command) const {
    return absl::StrCat("exec ", Quoted(BuildFolder()), "/bin/crm-opportunity ", command,
                        " --database-url ", postgres_.Url(database_), " --redis-url ",
                        redis_.Url());
  }

  void Serve() {
    service_.emplace(absl::StrCat(Program("serve"), " --port-file ", port_file_, " --drain-delay ",
                                  absl::FormatDuration(kDelay), " --drain-grace ",
                                  absl::FormatDuration(kGrace)));
    std::string port;
    ASSERT_TRUE(Await(absl::Seconds(20), [&] { return bool(std::ifstream(port_file_) >> port); }))
        << service_->Output();
    stub_ = v1::OpportunityService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + port, grpc::InsecureChannelCredentials()));
  }

  std::string Get() {
    v1::GetOpportunityRequest request;
    request.set_name("opportunities/" + NewUuid());
    return Reason(CallOn(*stub_, &v1::OpportunityService::Stub::GetOpportunity, request));
  }

  void ServeUntilReady() {
    Serve();
    ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get() == "RESOURCE_NOT_FOUND"; }));
    ASSERT_TRUE(Await(absl::Seconds(20),
                      [&] { return service_->Output().find("\"ready\"") != std::string::npos; }));
  }

  // Sends SIGTERM and expects the end in time; returns the exit code.
  int Terminate() {
    const base::SteadyTime start = base::SteadyNow();
    service_->Signal(SIGTERM);
    EXPECT_TRUE(Await(absl::Seconds(60), [&] { return !service_->Running(); }));
    EXPECT_LT(base::SteadyNow() - start, kDelay + kGrace + kLast + kSlack);
    return service_->Wait().code;
  }

  PostgresServer& postgres_ = PostgresServer::Shared();
  RedisServer& redis_ = RedisServer::Shared();
  const std::string database_ = postgres_.CreateDatabase();
  const std::string port_file_ = absl::StrCat("/tmp/crm-drain-", NewUuid());
  std::optional<Command> service_;
  std::unique_ptr<v1::OpportunityService::Stub> stub_;
};

TEST_F(DrainTest, APostgresThatDoesNotAnswerDoesNotKeepTheProcess) {
  ServeUntilReady();
  postgres_.Pause();
  std::string reason;
  std::thread caller([&] { reason = Get(); });  // patient for half a minute
  EXPECT_EQ(Terminate(), 0) << service_->Output();
  caller.join();
  EXPECT_EQ(reason, "DATABASE_UNAVAILABLE");
}

TEST_F(DrainTest, NorDoesOneThatNeverAnswered) {
  postgres_.Pause();
  Serve();
  EXPECT_EQ(Terminate(), 0);
}

TEST_F(DrainTest, NorDoesARedisThatDoesNotAnswer) {
  ServeUntilReady();
  redis_.Pause();
  postgres_.Pause();
  Terminate();
}

}  // namespace
}  // namespace crm::testing
