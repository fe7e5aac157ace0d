#pragma once

#include <string>

#include "absl/time/clock.h"
#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {

inline const absl::Time kLongAgo = absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone());

class Reports : public OpportunityServiceTest {
 protected:
  static v1::OpenOpportunityRequest Deal(const std::string& owner, int64_t minor,
                                         const std::string& currency, absl::Time opened) {
    v1::OpenOpportunityRequest request = OpenRequest();
    request.mutable_opportunity()->clear_lead();
    request.mutable_opportunity()->set_owner(owner);
    request.mutable_opportunity()->mutable_amount()->set_currency_code(currency);
    request.mutable_opportunity()->mutable_amount()->set_amount_minor(minor);
    rpc::SetTime(opened, request.mutable_effective_time());
    return request;
  }

  void MoveAt(const std::string& name, const std::string& stage, absl::Time time) {
    v1::MoveOpportunityRequest request;
    request.set_name(name);
    request.set_stage(stage);
    request.set_override_reason("signed on paper");
    rpc::SetTime(time, request.mutable_effective_time());
    const auto moved = Call(&Stub::MoveOpportunity, request);
    ASSERT_TRUE(moved.ok()) << moved.status();
  }

  void WinAt(const std::string& name, absl::Time time) {
    v1::WinOpportunityRequest request;
    request.set_name(name);
    request.set_override_reason("signed on paper");
    rpc::SetTime(time, request.mutable_effective_time());
    const auto won = Call(&Stub::WinOpportunity, request);
    ASSERT_TRUE(won.ok()) << won.status();
  }

  void LoseAt(const std::string& name, absl::Time time) {
    v1::LoseOpportunityRequest request;
    request.set_name(name);
    request.set_loss_reason(v1::LOSS_REASON_PRICE);
    rpc::SetTime(time, request.mutable_effective_time());
    const auto lost = Call(&Stub::LoseOpportunity, request);
    ASSERT_TRUE(lost.ok()) << lost.status();
  }

  void SetCloseDate(const std::string& name, absl::CivilDay day) {
    v1::UpdateOpportunityRequest request;
    request.mutable_opportunity()->set_name(name);
    rpc::SetDay(day, request.mutable_opportunity()->mutable_expected_close_date());
    const auto updated = Call(&Stub::UpdateOpportunity, request);
    ASSERT_TRUE(updated.ok()) << updated.status();
  }

  void SetOwner(const std::string& name, const std::string& owner) {
    v1::UpdateOpportunityRequest request;
    request.mutable_opportunity()->set_name(name);
    request.mutable_opportunity()->set_owner(owner);
    const auto updated = Call(&Stub::UpdateOpportunity, request);
    ASSERT_TRUE(updated.ok()) << updated.status();
  }

  template <class Request>
  static Request ThisYear() {
    Request request;
    rpc::SetDay(absl::CivilDay(2026, 1, 1), request.mutable_period()->mutable_start());
    rpc::SetDay(absl::CivilDay(2100, 1, 1), request.mutable_period()->mutable_end());
    return request;
  }

  v1::SummarizePipelineResponse Summary(absl::Time at, v1::ReportClock clock) {
    v1::SummarizePipelineRequest request;
    rpc::SetTime(at, request.mutable_view()->mutable_as_of());
    request.mutable_view()->set_clock(clock);
    request.mutable_groups()->add_by(v1::REPORT_GROUPING_STAGE);
    request.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
    const auto response = Call(&ReportStub::SummarizePipeline, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::SummarizePipelineResponse());
  }
};

}  // namespace crm::opportunity::testing
