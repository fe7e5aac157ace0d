// The reports of leads as callers see them.

#include "absl/strings/str_cat.h"
#include "services/lead/sales/sales_effect.h"
#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Reports = v1::ReportService::Stub;

class LeadReportTest : public LeadServiceTest {
 protected:
  template <class Request>
  static Request AskedOfToday() {
    Request request;
    const absl::CivilDay today = absl::ToCivilDay(Service().clock().Now(), absl::UTCTimeZone());
    rpc::SetDay(today - 400, request.mutable_period()->mutable_start());
    rpc::SetDay(today + 1, request.mutable_period()->mutable_end());
    return request;
  }

  template <class Req, class Resp>
  Resp Ask(grpc::Status (Reports::*method)(grpc::ClientContext*, const Req&, Resp*),
           const Req& request) {
    const auto response = CallOn(Service().report_stub(), method, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(Resp());
  }

  v1::QueryLeadFunnelResponse Funnel(v1::QueryLeadFunnelRequest request) {
    return Ask(&Reports::QueryLeadFunnel, request);
  }

  // "3 2 2 1": how many reached each step.
  static std::vector<int64_t> Reached(const v1::LeadFunnelRow& row) {
    std::vector<int64_t> counts;
    for (const auto& step : row.steps()) counts.push_back(step.reached());
    return counts;
  }

  v1::Lead Converted() {
    const auto response = Call(&Stub::ConvertLead, ConvertRequest(Qualified().name()));
    EXPECT_TRUE(response.ok()) << response.status();
    return response->lead();
  }

  // As the consumer of the opportunity service's events does it.
  void Close(const v1::Lead& lead, const std::string& type) {
    event::v1::StageEvent event;
    event.set_sequence(++sequence_);
    event::v1::StageChanged& it = *event.mutable_change();
    it.set_event_id(NewUuid());
    it.set_type(std::string(kSaleEvents[0]));
    it.set_subject(lead.opportunity());
    it.set_tenant(tenant());
    it.set_lead(lead.name());
    it.set_version(2);
    it.set_from_stage_type("OPEN");
    it.set_to_stage_type(type);
    rpc::SetTime(Service().clock().Now(), it.mutable_effective_time());
    rpc::SetTime(Service().clock().Now(), it.mutable_recorded_time());
    pg::ConnectionOptions options;
    options.url = Service().Url();
    options.schema = "crm_lead";
    const auto connection = pg::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    pg::Transaction transaction(**connection, pg::Tenants::All(),
                                base::Deadline::After(absl::Seconds(30)));
    ASSERT_TRUE(FollowSales(transaction, absl::MakeConstSpan(&event, 1)).ok());
    ASSERT_TRUE(transaction.Commit().ok());
  }

  int64_t sequence_ = 0;
};

TEST_F(LeadReportTest, AFunnelGoesFromTheLeadToTheSale) {
  Create();
  Working();
  Qualified();
  Close(Converted(), "WON");
  Close(Converted(), "LOST");
  auto request = AskedOfToday<v1::QueryLeadFunnelRequest>();
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_SOURCE);
  const v1::QueryLeadFunnelResponse response = Funnel(request);
  EXPECT_THAT(Reached(response.total()), ElementsAre(5, 4, 4, 3, 2, 1));
  EXPECT_EQ(response.total().could_still(), 3);
  EXPECT_EQ(response.total().won(), 1);
  EXPECT_EQ(response.total().lost(), 1);
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_THAT(response.rows(0).key(), ElementsAre("WEB"));
  EXPECT_EQ(response.basis().last_sequences_size(), 1);
  EXPECT_EQ(response.basis().opportunity_sequences_size(), 1);
  EXPECT_EQ(response.basis().clock(), v1::REPORT_CLOCK_EFFECTIVE);
  EXPECT_EQ(response.basis().time_zone(), "UTC");
}

TEST_F(LeadReportTest, AnotherTenantsLeadsAreNotTold) {
  Create();
  v1::QueryLeadFunnelRequest request = AskedOfToday<v1::QueryLeadFunnelRequest>();
  const auto other =
      CallOn(Service().report_stub(), &Reports::QueryLeadFunnel, request, "t-" + NewUuid());
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->total().created(), 0);
  EXPECT_THAT(other->rows(), IsEmpty());
}

TEST_F(LeadReportTest, ResponsesConversionsAndVerdictsAreTold) {
  Create();
  const v1::Lead lead = Converted();
  Close(lead, "WON");
  const auto responses =
      Ask(&Reports::QueryResponseTime, AskedOfToday<v1::QueryResponseTimeRequest>());
  EXPECT_EQ(responses.total().responded(), 1);
  EXPECT_EQ(responses.total().waiting(), 1);
  EXPECT_EQ(responses.total().shares(0).minutes(), 5);
  EXPECT_EQ(responses.total().shares(0).responded(), 1);
  const auto conversions =
      Ask(&Reports::QueryConversion, AskedOfToday<v1::QueryConversionRequest>());
  EXPECT_EQ(conversions.total().converted(), 1);
  EXPECT_EQ(conversions.total().won(), 1);
  EXPECT_EQ(conversions.total().shares_size(), 3);
  const auto qualification =
      Ask(&Reports::QueryQualification, AskedOfToday<v1::QueryQualificationRequest>());
  EXPECT_EQ(qualification.total().qualified(), 1);
  EXPECT_EQ(qualification.total().overridden(), 1);
  EXPECT_EQ(qualification.total().criteria(0).criterion(), v1::CRITERION_NEED);
  EXPECT_EQ(qualification.total().criteria(0).unknown(), 1);
  EXPECT_EQ(qualification.total().scores().median(), 0);
}

TEST_F(LeadReportTest, AllThatIsWrongIsToldAtOnce) {
  v1::QueryConversionRequest request;
  request.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  rpc::SetTime(Service().clock().Now() + absl::Hours(1), request.mutable_view()->mutable_as_of());
  rpc::SetTime(Service().clock().Now(), request.mutable_view()->mutable_known_at());
  request.mutable_view()->set_time_zone("Europe/Nowhere");
  request.mutable_scope()->add_states(v1::LEAD_STATE_UNSPECIFIED);
  request.mutable_scope()->add_sources(type::v1::LEAD_SOURCE_UNSPECIFIED);  // those not known
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_ATTRIBUTE);
  request.add_within_days(30);
  request.add_within_days(7);
  const auto refused = CallOn(Service().report_stub(), &Reports::QueryConversion, request);
  EXPECT_THAT(Fields(refused),
              ElementsAre("groups.attribute", "period", "scope.states[0]", "view.as_of",
                          "view.known_at", "view.time_zone", "within_days[1]"));
}

// A lead whose rows were damaged is named, and nothing is told that would look complete.
TEST_F(LeadReportTest, DamageIsToldAndNotLeftOut) {
  const v1::Lead lead = Create();
  for (const char* damage : {"UPDATE lead SET moves = 'DREAMING' WHERE tenant = '",
                             "UPDATE stage_history SET to_stage = 'DREAMING' WHERE tenant = '"}) {
    Service().Sql(absl::StrCat(damage, tenant(), "'"));
    const auto refused = CallOn(Service().report_stub(), &Reports::QueryLeadFunnel,
                                AskedOfToday<v1::QueryLeadFunnelRequest>());
    EXPECT_EQ(Outcome(refused), "DATA_LOSS DATA_DAMAGED") << damage;
    // As a program of before leaves it: then the stage history is read.
    Service().Sql(absl::StrCat("UPDATE lead SET moves = NULL WHERE tenant = '", tenant(), "'"));
  }
}

}  // namespace
}  // namespace crm::lead::testing
