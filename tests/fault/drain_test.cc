// A service whose neighbours are stopped (SIGSTOP) still ends when it is told to.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/steady_clock.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"

namespace crm::testing {
namespace {

namespace v1 = ::crm::opportunity::v1;

constexpr absl::Duration kDelay = absl::Milliseconds(300);
constexpr absl::Duration kGrace = absl::Milliseconds(700);
constexpr absl::Duration kLast = absl::Seconds(4);          // what lifecycle::Drain adds
constexpr absl::Duration kSlack = absl::Milliseconds(500);  // for a busy machine

class DrainTest : public ProgramTest {
 protected:
  DrainTest() { EXPECT_EQ(RunProgram("migrate").code, 0); }
  ~DrainTest() override {
    postgres_.Resume();
    redis_.Resume();
  }

  void Start() {
    Serve(absl::StrCat("--drain-delay ", absl::FormatDuration(kDelay), " --drain-grace ",
                       absl::FormatDuration(kGrace)));
    stub_ = v1::OpportunityService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", port()), grpc::InsecureChannelCredentials()));
  }

  std::string Get() {
    v1::GetOpportunityRequest request;
    request.set_name("opportunities/" + NewUuid());
    return Reason(CallOn(*stub_, &v1::OpportunityService::Stub::GetOpportunity, request));
  }

  void StartUntilReady() {
    Start();
    ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get() == "RESOURCE_NOT_FOUND"; }));
    ASSERT_TRUE(AwaitLog("\"ready\""));
  }

  // Sends SIGTERM and expects the end in time; returns the exit code.
  int Terminate() {
    const base::SteadyTime start = base::SteadyNow();
    service_->Signal(SIGTERM);
    const int code = AwaitEnd();
    EXPECT_LT(base::SteadyNow() - start, kDelay + kGrace + kLast + kSlack);
    return code;
  }

  std::unique_ptr<v1::OpportunityService::Stub> stub_;
};

TEST_F(DrainTest, APostgresThatDoesNotAnswerDoesNotKeepTheProcess) {
  StartUntilReady();
  postgres_.Pause();
  std::string reason;
  std::thread caller([&] { reason = Get(); });  // patient for half a minute
  EXPECT_EQ(Terminate(), 0) << service_->Output();
  caller.join();
  EXPECT_EQ(reason, "DATABASE_UNAVAILABLE");
}

TEST_F(DrainTest, NorDoesOneThatNeverAnswered) {
  postgres_.Pause();
  Start();
  EXPECT_EQ(Terminate(), 0);
}

TEST_F(DrainTest, NorDoesARedisThatDoesNotAnswer) {
  StartUntilReady();
  redis_.Pause();
  postgres_.Pause();
  Terminate();
}

}  // namespace
}  // namespace crm::testing
