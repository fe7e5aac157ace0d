// What operators and orchestrators rely on of the program: probes, signals, exit codes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "absl/strings/str_cat.h"

#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"
#include "tests/support/health.h"

namespace crm::testing {
namespace {

constexpr char kService[] = "crm.opportunity.v1.OpportunityService";

class HealthTest : public ProgramTest {
 protected:
  ~HealthTest() override {
    postgres_.Resume();
    redis_.Resume();
  }

  Health Probe(const std::string& name) { return HealthOn(health_port(), name); }
  Health Api(const std::string& name) { return HealthOn(port(), name); }

  void AwaitReady() {
    ASSERT_TRUE(Await(absl::Seconds(30), [&] { return Probe("") == kServing; }))
        << service_->Output();
  }
};

TEST_F(HealthTest, AProgramThatWaitsForItsSchemaHasStartedAndLivesButIsNotReady) {
  Serve("");
  ASSERT_TRUE(AwaitLog("not ready"));
  EXPECT_EQ(Probe("startup"), kServing);
  EXPECT_EQ(Probe("liveness"), kServing);
  EXPECT_EQ(Probe(""), kNotServing);
  EXPECT_EQ(Api(""), kNotServing);
  EXPECT_EQ(RunProgram("migrate").code, 0);
  AwaitReady();
  EXPECT_EQ(Api(kService), kServing);
}

TEST_F(HealthTest, StoresThatHangDecideNothing) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  Serve("--drain-delay 0s --drain-grace 1s");
  AwaitReady();
  postgres_.Pause();
  redis_.Pause();
  for (const char* const name : {"", "startup", "liveness"}) {
    EXPECT_EQ(Probe(name), kServing) << name;
  }
}

TEST_F(HealthTest, ADrainingProgramLivesAndIsNotReadyOnEitherPort) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  Serve("--drain-delay 30s");
  AwaitReady();
  HealthWatch watch(grpc::CreateChannel(absl::StrCat("127.0.0.1:", health_port()),
                                        grpc::InsecureChannelCredentials()),
                    "");
  EXPECT_EQ(watch.Next(), kServing);
  service_->Signal(SIGTERM);
  EXPECT_EQ(watch.Next(), kNotServing);
  EXPECT_TRUE(Await(absl::Seconds(10), [&] { return Api(kService) == kNotServing; }));
  EXPECT_EQ(Api(""), kNotServing);
  EXPECT_EQ(Probe("liveness"), kServing);
  EXPECT_EQ(Probe("startup"), kServing);

  service_->Signal(SIGTERM);
  EXPECT_EQ(AwaitEnd(), 130) << service_->Output();
}

}  // namespace
}  // namespace crm::testing
