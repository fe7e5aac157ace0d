// Reports find what they tell of in several ways, by what is the cheapest: those with a change in a
// period, those that are open, all of a tenant, stage histories alone. Whichever is taken, they say
// the same.

#include <google/protobuf/util/message_differencer.h>

#include "services/opportunity/rpc/report_handlers.h"
#include "tests/integration/opportunity/report_fixture.h"
#include "tests/support/fake_clock.h"

namespace crm::opportunity::testing {
namespace {

using google::protobuf::util::MessageDifferencer;

class ReportWays : public Reports {
 protected:
  static constexpr absl::Duration kDay = absl::Hours(24);

  // Whoever writes it, it is an owner, with separators of whatever kind.
  static constexpr char kStrangeOwner[] =
      "l\x1f\x1e"
      "ee";

  // Some of everything; returns a time in the middle of it, as recorded.
  absl::Time MakeHistories() {
    const std::string wandering = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
    MoveAt(wandering, "proposal", kLongAgo + kDay);
    MoveAt(wandering, "discovery", kLongAgo + kDay * 20);
    const std::string lost = Open(Deal(kStrangeOwner, 200, "USD", kLongAgo + kDay * 30)).name();
    MoveAt(lost, "contract", kLongAgo + kDay * 40);
    LoseAt(lost, kLongAgo + kDay * 50);
    const std::string deleted = Open(Deal("lee", 300, "EUR", kLongAgo + kDay * 2)).name();
    MoveAt(deleted, "proposal", kLongAgo + kDay * 4);
    const absl::Time middle = rpc::TimeFrom(Get(deleted).update_time());
    v1::DeleteOpportunityRequest request;
    request.set_name(deleted);
    EXPECT_TRUE(Call(&Stub::DeleteOpportunity, request).ok());
    const std::string won = Open(Deal("mara", 400, "EUR", kLongAgo + kDay * 5)).name();
    WinAt(won, kLongAgo + kDay * 60);
    Correct(won, 1, kLongAgo - kDay * 10);
    Correct(lost, 3, kLongAgo + kDay * 45);
    SetOwner(won, "lee");
    SetOwner(wandering, kStrangeOwner);
    MoveAt(wandering, "contract", kLongAgo + kDay * 21);
    SetOwner(wandering, "lee");
    clock_.Set(absl::Now());
    return middle;
  }

  std::string OpenDue(const std::string& owner, absl::CivilDay due) {
    v1::OpenOpportunityRequest request = Deal(owner, 500, "EUR", kLongAgo);
    rpc::SetDay(due, request.mutable_opportunity()->mutable_expected_close_date());
    return Open(request).name();
  }

  // Open things whose dates come into a period, or leave it, after the instant that is returned.
  absl::Time MakeDates(absl::CivilDay in, absl::CivilDay out) {
    OpenDue("stays in", in);
    OpenDue("stays out", out);
    const std::string leaves = OpenDue("leaves", in);
    const std::string comes = OpenDue("comes", out);
    const std::string returns = OpenDue("comes and goes", out);
    const std::string undated = Open(Deal("undated", 500, "EUR", kLongAgo)).name();
    const std::string reopened = OpenDue("reopened", out);
    WinAt(reopened, kLongAgo + kDay * 8);
    const absl::Time middle = rpc::TimeFrom(Get(reopened).update_time());
    SetCloseDate(leaves, out);
    SetCloseDate(comes, in);
    SetCloseDate(returns, in);
    SetCloseDate(returns, out);
    SetCloseDate(undated, in);
    v1::ReopenOpportunityRequest request;
    request.set_name(reopened);
    request.set_stage("discovery");
    request.set_reason("they called again");
    EXPECT_TRUE(Call(&Stub::ReopenOpportunity, request).ok());
    clock_.Set(absl::Now());
    return middle;
  }

  void Correct(const std::string& name, int64_t version, absl::Time time) {
    v1::CorrectStageChangeRequest request;
    request.set_name(name);
    request.set_version(version);
    request.set_reason("entered a week too late");
    rpc::SetTime(time, request.mutable_effective_time());
    const auto corrected = Call(&Stub::CorrectStageChange, request);
    ASSERT_TRUE(corrected.ok()) << corrected.status();
  }

  // The views from which each report is asked.
  static std::vector<v1::ReportView> Views(absl::Time middle) {
    std::vector<v1::ReportView> views(4);  // the first: now
    rpc::SetTime(kLongAgo + kDay * 47, views[1].mutable_as_of());
    rpc::SetTime(kLongAgo + kDay * 3, views[2].mutable_as_of());
    rpc::SetTime(middle, views[2].mutable_known_at());
    rpc::SetTime(middle, views[3].mutable_as_of());
    views[3].set_clock(v1::REPORT_CLOCK_RECORDED);
    return views;
  }

  template <class Request, class Response>
  Response Answer(const ReportReads& reads, Request request, const v1::ReportView& view,
                  absl::Status (*handler)(const ReportPorts&, const rpc::CallContext&,
                                          const Request&, Response&)) {
    *request.mutable_view() = view;
    const OpportunityReads histories(Service().database().pool());
    rpc::CallContext context;
    context.tenant = tenant();
    Response response;
    const absl::Status status = handler({reads, clock_, histories}, context, request, response);
    EXPECT_TRUE(status.ok()) << status;
    response.clear_basis();
    return response;
  }

  template <class Request, class Response>
  void ExpectSame(const Request& request, absl::Time middle,
                  absl::Status (*handler)(const ReportPorts&, const rpc::CallContext&,
                                          const Request&, Response&)) {
    const ReportReads looking(Service().database().pool());
    const ReportReads going(Service().database().pool(), 0);
    for (const v1::ReportView& view : Views(middle)) {
      const Response a = Answer(looking, request, view, handler);
      const Response b = Answer(going, request, view, handler);
      EXPECT_TRUE(MessageDifferencer::Equals(a, b))
          << view.DebugString() << a.DebugString() << b.DebugString();
      told_ += a.ByteSizeLong() > 0 ? 1 : 0;
    }
  }

  // Fields are read as far as groups go by them: from stage changes alone, forward from the last
  // one before the instant, or back from the present. Lead sources, of which there are none here,
  // are only told by the last.
  template <class Request, class Response>
  void ExpectSameOfAllFields(const Request& request, absl::Time middle,
                             absl::Status (*handler)(const ReportPorts&, const rpc::CallContext&,
                                                     const Request&, Response&)) {
    const ReportReads reads(Service().database().pool());
    Request by_source = request;
    by_source.mutable_groups()->add_by(v1::REPORT_GROUPING_LEAD_SOURCE);
    for (const v1::ReportView& view : Views(middle)) {
      const Response a = Answer(reads, request, view, handler);
      Response b = Answer(reads, by_source, view, handler);
      for (auto& row : *b.mutable_rows()) row.mutable_key()->RemoveLast();
      EXPECT_TRUE(MessageDifferencer::Equals(a, b))
          << view.DebugString() << a.DebugString() << b.DebugString();
      told_ += a.ByteSizeLong() > 0 ? 1 : 0;
    }
  }

  template <class Request>
  static Request In(absl::CivilDay start, absl::CivilDay end) {
    Request request;
    rpc::SetDay(start, request.mutable_period()->mutable_start());
    rpc::SetDay(end, request.mutable_period()->mutable_end());
    return request;
  }

  ::crm::testing::FakeClock clock_;  // all are asked at the same time
  int told_ = 0;                     // answers with something in them
};

TEST_F(ReportWays, WhicheverIsTakenReportsSayTheSame) {
  const absl::Time middle = MakeHistories();
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  const std::pair<absl::CivilDay, absl::CivilDay> periods[] = {
      {absl::CivilDay(2025, 12, 1), absl::CivilDay(2026, 1, 20)},
      {absl::CivilDay(2026, 2, 1), absl::CivilDay(2026, 3, 1)},
      {today, today + 1}};
  for (const auto& [start, end] : periods) {
    ExpectSame(In<v1::QueryFunnelRequest>(start, end), middle, &QueryFunnel);
    ExpectSame(In<v1::QueryWinRateRequest>(start, end), middle, &QueryWinRate);
    ExpectSame(In<v1::QueryTimeInStageRequest>(start, end), middle, &QueryTimeInStage);
    ExpectSame(In<v1::QueryFlowRequest>(start, end), middle, &QueryFlow);
    ExpectSame(In<v1::QueryForecastRequest>(start, end), middle, &QueryForecast);
    ExpectSame(In<v1::QuerySalesVelocityRequest>(start, end), middle, &QuerySalesVelocity);
    auto comparison = In<v1::CompareForecastsRequest>(start, end);
    rpc::SetTime(kLongAgo + kDay * 2, comparison.mutable_first_as_of());
    ExpectSame(comparison, middle, &CompareForecasts);
    auto grouped = In<v1::QueryFunnelRequest>(start, end);
    grouped.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
    grouped.mutable_groups()->add_by(v1::REPORT_GROUPING_LOSS_REASON);
    ExpectSame(grouped, middle, &QueryFunnel);
  }
  v1::SummarizePipelineRequest pipeline;
  pipeline.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
  ExpectSame(pipeline, middle, &SummarizePipeline);
  EXPECT_GT(told_, 20);
}

TEST_F(ReportWays, WhicheverFieldsAreReadReportsSayTheSame) {
  const absl::Time middle = MakeHistories();
  const auto everything = []<class Request>(Request) {
    return In<Request>(absl::CivilDay(2000, 1, 1), absl::CivilDay(2100, 1, 1));
  };
  for (const bool by_owner : {false, true}) {
    const auto ask = [&](auto request, auto handler) {
      if (by_owner) request.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
      ExpectSameOfAllFields(request, middle, handler);
    };
    ask(v1::SummarizePipelineRequest(), &SummarizePipeline);
    ask(everything(v1::QueryFunnelRequest()), &QueryFunnel);
    ask(everything(v1::QueryTimeInStageRequest()), &QueryTimeInStage);
    ask(everything(v1::QueryWinRateRequest()), &QueryWinRate);
    ask(everything(v1::QueryFlowRequest()), &QueryFlow);
    ask(everything(v1::QueryForecastRequest()), &QueryForecast);
    ask(everything(v1::QuerySalesVelocityRequest()), &QuerySalesVelocity);
  }
  EXPECT_GT(told_, 50);
}

// Open things are passed over whose date lies outside of the period, if it did all the time.
TEST_F(ReportWays, DatesThatChangedMeanwhileAreNotPassedOver) {
  const absl::CivilDay in(2099, 5, 10), out(2099, 9, 1);
  const absl::Time middle = MakeDates(in, out);
  auto forecast =
      In<v1::QueryForecastRequest>(absl::CivilDay(2099, 5, 1), absl::CivilDay(2099, 6, 1));
  forecast.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
  ExpectSame(forecast, middle, &QueryForecast);
  auto since =
      In<v1::CompareForecastsRequest>(absl::CivilDay(2099, 5, 1), absl::CivilDay(2099, 6, 1));
  rpc::SetTime(middle, since.mutable_first_as_of());
  ExpectSame(since, middle, &CompareForecasts);
  auto of_january =
      In<v1::CompareForecastsRequest>(absl::CivilDay(2026, 1, 1), absl::CivilDay(2026, 2, 1));
  rpc::SetTime(middle, of_january.mutable_first_as_of());
  ExpectSame(of_january, middle, &CompareForecasts);
  const ReportReads reads(Service().database().pool());
  const auto change = Answer(reads, since, v1::ReportView(), &CompareForecasts);
  std::vector<std::string> parts;
  for (const auto& part : change.net()) {
    parts.push_back(absl::StrCat(v1::ForecastPart_Name(part.part()), " ", part.count()));
  }
  EXPECT_THAT(parts,
              ::testing::ElementsAre("FORECAST_PART_PULLED_IN 2", "FORECAST_PART_PUSHED_OUT 1"));
}

// Without groups a funnel of now is read from the stage histories alone, else from everything.
TEST_F(ReportWays, AFunnelOfStageHistoriesAloneIsThatOfEverything) {
  MakeHistories();
  const auto whole =
      In<v1::QueryFunnelRequest>(absl::CivilDay(2000, 1, 1), absl::CivilDay(2100, 1, 1));
  const ReportReads going(Service().database().pool(), 0);
  v1::ReportView view;
  const auto alone = Answer(going, whole, view, &QueryFunnel);
  rpc::SetTime(clock_.Now(), view.mutable_as_of());
  const auto everything = Answer(going, whole, view, &QueryFunnel);
  EXPECT_EQ(alone.total().opened(), 3) << "one is deleted";
  EXPECT_EQ(alone.total().stages_size(), everything.total().stages_size());
  for (int i = 0; i < alone.total().stages_size(); ++i) {
    EXPECT_TRUE(MessageDifferencer::Equals(alone.total().stages(i), everything.total().stages(i)));
  }
  EXPECT_EQ(alone.total().won(), everything.total().won());
  EXPECT_EQ(alone.total().lost(), everything.total().lost());
}

}  // namespace
}  // namespace crm::opportunity::testing
