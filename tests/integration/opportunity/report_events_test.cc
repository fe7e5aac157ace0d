// Random lives of opportunities on a real database: what the published events alone tell to
// clients/examples/reports.py is what the reports answer, to the cent and by both clocks.
// CRM_HISTORIES says how many lives.

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/aggregate/pg_repository.h"
#include "common/rpc/proto_values.h"
#include "crm/event/v1/stage_event.pb.h"
#include "services/opportunity/rpc/report_handlers.h"
#include "services/opportunity/store/opportunity_table.h"
#include "tests/contract/opportunity/schema.h"
#include "tests/support/fake_clock.h"
#include "tests/support/report_script.h"
#include "tests/support/service_fixture.h"
#include "tests/unit/opportunity/random_deal.h"

namespace crm::opportunity::testing {
namespace {

constexpr int kRounds = 20;
constexpr absl::Duration kRound = absl::Hours(70);

int Histories() {
  const char* const text = std::getenv("CRM_HISTORIES");
  int histories = 200;
  if (text != nullptr) (void)absl::SimpleAtoi(text, &histories);
  return histories;
}

class ReportsFromEvents : public ::testing::Test {
 protected:
  using Repository = aggregate::PgRepository<Opportunity>;

  void Live(int histories) {
    for (int seed = 1; seed <= histories; ++seed) {
      deals_.emplace_back(static_cast<uint32_t>(seed), clock_.Now());
    }
    std::vector<aggregate::Creation<Opportunity>> creations(deals_.size());
    std::vector<aggregate::Creation<Opportunity>*> made;
    for (size_t i = 0; i < deals_.size(); ++i) {
      creations[i].aggregate = Target(deals_[i], 0);
      creations[i].answer = [](const Opportunity&) { return std::string(); };
      made.push_back(&creations[i]);
    }
    repository_.Create(absl::MakeSpan(made), base::Deadline::After(absl::Minutes(2)));
    for (const auto* creation : made) ASSERT_TRUE(creation->outcome.ok());
    for (int round = 0; round < kRounds; ++round) Step();
  }

  // One more write of each deal, all in one transaction.
  void Step() {
    clock_.Advance(kRound);
    std::vector<aggregate::Change<Opportunity>> changes(deals_.size());
    std::vector<aggregate::Change<Opportunity>*> made;
    for (size_t i = 0; i < deals_.size(); ++i) {
      const size_t known = deals_[i].story().size();
      deals_[i].StepAt(clock_.Now());
      changes[i].key = {"acme", deals_[i].it().id};
      changes[i].apply = [target = Target(deals_[i], known)](Opportunity& it) {
        Opportunity next = target;
        next.revision = it.revision;
        next.create_time = it.create_time;
        next.update_time = it.update_time;
        next.rules = it.rules;
        it = std::move(next);
        return absl::OkStatus();
      };
      changes[i].answer = [](const Opportunity&) { return std::string(); };
      made.push_back(&changes[i]);
    }
    repository_.Update(absl::MakeSpan(made), base::Deadline::After(absl::Minutes(2)));
    for (const auto* change : made) ASSERT_TRUE(change->outcome.ok()) << change->outcome.status();
  }

  // What the deal has become, with the changes of its stage since the first `known`.
  static Opportunity Target(const RandomDeal& deal, size_t known) {
    Opportunity it = deal.it();
    it.lead.reset();  // one opportunity each
    const std::vector<StageChange>& all = deal.story();
    it.stage_changes.assign(all.begin() + static_cast<ptrdiff_t>(known), all.end());
    return it;
  }

  // As crmctl events export writes them.
  void ExportEvents() {
    const std::string rows =
        database_.Sql("SELECT encode(payload, 'hex') FROM outbox_in ORDER BY id");
    std::ofstream file(folder_ / "events.jsonl");
    event::v1::StageEvent event;
    for (const absl::string_view row : absl::StrSplit(rows, '\n', absl::SkipEmpty())) {
      event.set_sequence(event.sequence() + 1);
      ASSERT_TRUE(event.mutable_change()->ParseFromString(absl::HexStringToBytes(row)));
      changes_of_fields_ += event.change().changes_size() > 0 ? 1 : 0;
      file << crm::testing::ReportScript::JsonOf(event) << "\n";
    }
    EXPECT_GT(changes_of_fields_, event.sequence() / 4);
  }

  template <class Request, class Response>
  using Report = absl::Status (*)(const ReportPorts&, const rpc::CallContext&, const Request&,
                                  Response&);

  // Asks the report, and notes the question for the script.
  template <class Request, class Response>
  void Ask(const std::string& method, Report<Request, Response> report, Request request,
           const v1::ReportView& view, v1::ReportGrouping by) {
    *request.mutable_view() = view;
    if constexpr (requires { request.mutable_groups(); }) request.mutable_groups()->add_by(by);
    if constexpr (requires { request.mutable_rates(); }) {
      if (by == v1::REPORT_GROUPING_QUARTER) *request.mutable_rates() = SomeRates();
    }
    if constexpr (requires { request.mutable_period(); }) {
      rpc::SetDay(absl::CivilDay(2026, 6, 20), request.mutable_period()->mutable_start());
      rpc::SetDay(absl::CivilDay(2026, 11, 1), request.mutable_period()->mutable_end());
    }
    rpc::CallContext context;
    context.tenant = "acme";
    Response expected;
    const absl::Status status = report({reports_, clock_, histories_}, context, request, expected);
    ASSERT_TRUE(status.ok()) << status;
    script_.Expect(method, request, std::move(expected));
  }

  // Yen have no rate in the beginning, dollars another one from month to month.
  static v1::RateTable SomeRates() {
    v1::RateTable table;
    table.set_currency_code("EUR");
    const auto add = [&table](const char* currency, const char* month, const char* rate) {
      v1::CurrencyRate& it = *table.add_rates();
      it.set_currency_code(currency);
      it.set_month(month);
      it.set_rate(rate);
    };
    add("USD", "2026-08", "0.923456789");
    add("USD", "2026-03", "0.9");
    add("USD", "2026-10", "1.000000001");
    add("JPY", "2026-09", "0.006123");
    return table;
  }

  void AskAll(const v1::ReportView& view, v1::ReportGrouping by) {
    Ask("SummarizePipeline", SummarizePipeline, v1::SummarizePipelineRequest(), view, by);
    Ask("QueryFunnel", QueryFunnel, v1::QueryFunnelRequest(), view, by);
    Ask("QueryTimeInStage", QueryTimeInStage, v1::QueryTimeInStageRequest(), view, by);
    Ask("QueryWinRate", QueryWinRate, v1::QueryWinRateRequest(), view, by);
    Ask("QueryFlow", QueryFlow, v1::QueryFlowRequest(), view, by);
    Ask("QueryForecast", QueryForecast, v1::QueryForecastRequest(), view, by);
    Ask("QuerySalesVelocity", QuerySalesVelocity, v1::QuerySalesVelocityRequest(), view, by);
    v1::ListAtRiskRequest at_risk;
    at_risk.set_silent_days(5);
    at_risk.set_most_things(1000);
    Ask("ListAtRisk", ListAtRisk, at_risk, view, by);
    AskWhatChanged(view, by);
  }

  // In eight rounds before the view; by the effective clock also what was entered late.
  void AskWhatChanged(const v1::ReportView& view, v1::ReportGrouping by) {
    v1::CompareForecastsRequest request;
    request.set_most_things(3);
    const absl::Time first = rpc::TimeFrom(view.as_of()) - kRound * 8;
    rpc::SetTime(first, request.mutable_first_as_of());
    Ask("CompareForecasts", CompareForecasts, request, view, by);
    if (view.clock() != v1::REPORT_CLOCK_EFFECTIVE) return;
    rpc::SetTime(first, request.mutable_first_known_at());
    Ask("CompareForecasts", CompareForecasts, request, view, by);
  }

  v1::ReportView View(v1::ReportClock clock, int rounds_ago, int known_rounds_ago = 0) {
    v1::ReportView view;
    view.set_clock(clock);
    view.set_time_zone("Europe/Berlin");
    rpc::SetTime(clock_.Now() - kRound * rounds_ago - absl::Minutes(1), view.mutable_as_of());
    if (known_rounds_ago > 0) {
      rpc::SetTime(clock_.Now() - kRound * known_rounds_ago, view.mutable_known_at());
    }
    return view;
  }

  crm::testing::FakeClock clock_{kStart + absl::Hours(24) * 110};
  crm::testing::ServiceDatabase database_{"crm_opportunity", SchemaMigrations()};
  crm::testing::SequenceIdGenerator ids_;
  const OpportunityTable table_{nullptr, &ids_};
  Repository repository_{database_.pool(), table_, clock_, [] {}};
  const ReportReads reports_{database_.pool()};
  const OpportunityReads histories_{database_.pool()};
  const std::filesystem::path folder_{::testing::TempDir()};
  std::deque<RandomDeal> deals_;
  int64_t changes_of_fields_ = 0;
  crm::testing::ReportScript script_;
};

TEST_F(ReportsFromEvents, AgreeToTheCent) {
  Live(Histories());
  ExportEvents();
  AskAll(View(v1::REPORT_CLOCK_RECORDED, 0), v1::REPORT_GROUPING_OWNER);
  AskAll(View(v1::REPORT_CLOCK_RECORDED, 12), v1::REPORT_GROUPING_STAGE);
  AskAll(View(v1::REPORT_CLOCK_EFFECTIVE, 0), v1::REPORT_GROUPING_PIPELINE);
  AskAll(View(v1::REPORT_CLOCK_EFFECTIVE, 6), v1::REPORT_GROUPING_MONTH);
  AskAll(View(v1::REPORT_CLOCK_EFFECTIVE, 14, 5), v1::REPORT_GROUPING_CURRENCY);
  v1::ReportView fiscal = View(v1::REPORT_CLOCK_EFFECTIVE, 3);
  fiscal.set_fiscal_year_start_month(7);
  AskAll(fiscal, v1::REPORT_GROUPING_QUARTER);
  AskAll(fiscal, v1::REPORT_GROUPING_YEAR);
  AskAll(fiscal, v1::REPORT_GROUPING_LEAD_SOURCE);
  script_.Run(folder_ / "events.jsonl");
}

}  // namespace
}  // namespace crm::opportunity::testing
