// The metrics that docs/operations.md promises are there, in the program as it runs.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"

namespace crm::testing {
namespace {

namespace v1 = ::crm::opportunity::v1;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class MetricsTest : public ProgramTest {
 protected:
  void ServeWithMetrics(const std::string& flags) {
    ASSERT_EQ(RunProgram("migrate").code, 0);
    Serve("--drain-delay 0s" + flags);
    ASSERT_TRUE(AwaitLog("\"ready\""));
  }

  std::string Scrape() {
    return RunScript(absl::StrCat("exec 3<>/dev/tcp/127.0.0.1/", metrics_port(),
                                  "; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"))
        .output;
  }

  std::string Open(const v1::OpenOpportunityRequest& request) {
    const auto stub = v1::OpportunityService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", port()), grpc::InsecureChannelCredentials()));
    return Reason(CallOn(*stub, &v1::OpportunityService::Stub::OpenOpportunity, request));
  }

  v1::OpenOpportunityRequest OpenRequest() {
    v1::OpenOpportunityRequest request;
    request.mutable_opportunity()->set_display_name("Forty presses");
    request.mutable_opportunity()->set_contact("contacts/" + NewUuid());
    request.mutable_opportunity()->set_owner("agent-7");
    request.set_request_id(NewUuid());
    return request;
  }
};

TEST_F(MetricsTest, ARunningProgramTellsWhatIsPromised) {
  ServeWithMetrics(" --metrics-per-tenant");
  const v1::OpenOpportunityRequest request = OpenRequest();
  EXPECT_EQ(Open(request), "OK");
  EXPECT_EQ(Open(request), "OK");
  ASSERT_TRUE(Await(absl::Seconds(30), [&] {
    const std::string text = Scrape();
    return text.find("\ncrm_event_freshness_seconds_count 1\n") != std::string::npos &&
           text.find("\ncrm_stream_tip_seq{partition=\"0\"} 1\n") != std::string::npos &&
           text.find("\ncrm_outbox_unsequenced_rows{partition=\"0\"} 0\n") != std::string::npos;
  })) << Scrape();
  const std::string text = Scrape();
  for (const std::string& line :
       {std::string("crm_idempotent_replays_total{method=\"OpenOpportunity\"} 1\n"),
        absl::StrCat("crm_calls_by_tenant_total{grpc_code=\"OK\",tenant=\"", tenant(), "\"} 2\n"),
        std::string("crm_db_pool_wait_seconds_bucket{le=\"+Inf\"}"),
        std::string("crm_outbox_oldest_unsequenced_seconds{partition=\"0\"} 0\n"),
        std::string("crm_stream_last_seq{partition=\"0\"} 1\n"),
        std::string("crm_stream_diverged{partition=\"0\"} 0\n"),
        std::string("crm_stream_damaged_seq{partition=\"0\"} 0\n"),
        std::string("crm_stream_publish_lag_seconds{partition=\"0\"} "),
        std::string("crm_stream_rewinds_total{partition=\"0\"} 0\n"),
        std::string("crm_log_dropped_total 0\n"), std::string("process_start_time_seconds "),
        std::string("process_cpu_seconds_total "), std::string("process_resident_memory_bytes "),
        std::string("process_open_fds "), std::string("process_max_fds "),
        std::string("process_threads ")}) {
    EXPECT_THAT(text, HasSubstr("\n" + line));
  }
  EXPECT_THAT(text, ContainsRegex("\ncrm_build_info\\{commit=\"[a-z0-9]+\",service=\"opportunity\","
                                  "version=\"[0-9.]+\"\\} 1\n"));
}

TEST_F(MetricsTest, TenantsAreNotCountedUnlessAskedFor) {
  ServeWithMetrics("");
  EXPECT_EQ(Open(OpenRequest()), "OK");
  EXPECT_THAT(Scrape(), ::testing::Not(HasSubstr(tenant())));
}

}  // namespace
}  // namespace crm::testing
