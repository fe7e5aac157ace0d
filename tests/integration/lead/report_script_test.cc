// Random lives of leads on a real database: what their stage events, those of their opportunities,
// their activities and their fields tell to lead_reports.py is what the reports answer, by both
// clocks. CRM_HISTORIES says how many lives.

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/event/consumer_inbox.h"
#include "common/rpc/proto_values.h"
#include "common/stage/stage_effect.h"
#include "common/stage/stage_event.h"
#include "services/lead/rpc/lead_proto.h"
#include "services/lead/rpc/report_handlers.h"
#include "services/lead/sales/sales_effect.h"
#include "tests/integration/lead/living_leads.h"
#include "tests/support/report_script.h"

namespace crm::lead::testing {
namespace {

using nlohmann::json;

constexpr char kStream[] = "crm:stage-events:opportunity:0";

int LeadHistories() {
  const char* const text = std::getenv("CRM_HISTORIES");
  int histories = 200;
  if (text != nullptr) (void)absl::SimpleAtoi(text, &histories);
  return histories;
}

std::string TextOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

// One stage event of an opportunity, as its service publishes it.
event::v1::StageEvent SaleEvent(const Lead& lead, const SaleChange& change, SaleState before,
                                int64_t sequence) {
  event::v1::StageEvent event;
  event.set_sequence(sequence);
  event::v1::StageChanged& it = *event.mutable_change();
  it.set_event_id(base::Uuid(0x7009, static_cast<uint64_t>(sequence)).ToString());
  it.set_type(std::string(kSaleEvents[0]));
  it.set_subject(OpportunityOf(lead));
  it.set_tenant(lead.tenant);
  it.set_lead(LeadName(lead.id));
  it.set_version(change.version);
  rpc::SetTime(change.effective_time, it.mutable_effective_time());
  rpc::SetTime(change.record_time, it.mutable_recorded_time());
  const auto type = [](SaleState state) { return std::string(NameOf(kSaleStateNames, state)); };
  it.set_from_stage_type(type(before));
  it.set_to_stage_type(type(change.corrects ? before : change.state));
  if (change.corrects) {
    it.set_corrects_version(*change.corrects);
    it.set_corrected_stage_type(type(change.state));
  }
  return event;
}

class LeadReportScript : public LivingLeads {
 protected:
  // Those of leads as crmctl events export writes them.
  void ExportEvents() {
    std::ofstream file(folder_ / "lead_events.jsonl");
    event::v1::StageEvent event;
    for (const absl::string_view row :
         absl::StrSplit(database_.Sql("SELECT encode(payload, 'hex') FROM outbox_in ORDER BY id"),
                        '\n', absl::SkipEmpty())) {
      event.set_sequence(event.sequence() + 1);
      ASSERT_TRUE(event.mutable_change()->ParseFromString(absl::HexStringToBytes(row)));
      file << crm::testing::ReportScript::JsonOf(event) << "\n";
    }
  }

  // Tells the sales to the consumer's effect, and twice, as after a crash.
  void TellSales() {
    std::ofstream file(folder_ / "opportunity_events.jsonl");
    std::vector<event::Event> events;
    for (const RandomLead& life : lives_) {
      SaleState before = SaleState::kOpen;
      for (const SaleChange& change : life.story().sale) {
        const auto event =
            SaleEvent(life.it(), change, before, static_cast<int64_t>(events.size()) + 1);
        if (!change.corrects) before = change.state;
        events.push_back(stage::ToEvent(event));
        file << crm::testing::ReportScript::JsonOf(event) << "\n";
      }
    }
    ASSERT_GT(events.size(), lives_.size() / 10);
    pg::ConnectionOptions options;
    options.url = database_.Url();
    options.schema = "crm_lead";
    const auto connection = pg::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    event::ConsumerInbox inbox(connection->get(), kSalesConsumer, kStream);
    ASSERT_TRUE(inbox.Load().ok());
    ASSERT_EQ(inbox.Apply(events, stage::EffectOf(FollowSales), 0), absl::OkStatus());
    sales_ = static_cast<int64_t>(events.size());
  }

  void ExportLeads() {
    std::ofstream file(folder_ / "leads.jsonl");
    for (const RandomLead& life : lives_) {
      json lead = {{"name", LeadName(life.it().id)},
                   {"writes", json::array()},
                   {"activities", json::array()}};
      for (const LeadVersion& version : life.story().versions) {
        lead["writes"].push_back(JsonOf(version));
      }
      for (const Activity& it : life.activities()) {
        lead["activities"].push_back({{"type", NameOf(kActivityTypeNames, it.type)},
                                      {"direction", NameOf(kActivityDirectionNames, it.direction)},
                                      {"occurTime", TextOf(it.occur_time)},
                                      {"recordTime", TextOf(it.record_time)}});
      }
      file << lead.dump() << "\n";
    }
  }

  static json JsonOf(const LeadVersion& version) {
    const LeadFacts& it = version.facts;
    json write = {{"recordTime", TextOf(version.record_time)},
                  {"stageVersion", it.stage_version},
                  {"owner", it.owner},
                  {"source", NameOf(kLeadSourceNames, it.source)},
                  {"sourceDetail", it.source_detail},
                  {"attributes", it.attributes},
                  {"overridden", it.qualification_overridden},
                  {"disqualifyReason", NameOf(kDisqualifyReasonNames, it.disqualify_reason)},
                  {"deleted", it.delete_time.has_value()}};
    if (it.verdict) {
      v1::Verdict verdict;
      ToProto(*it.verdict, verdict);
      write["verdict"] = json::parse(crm::testing::ReportScript::JsonOf(verdict));
    }
    return write;
  }

  template <class Request, class Response>
  using Report = absl::Status (*)(const ReportPorts&, const rpc::CallContext&, const Request&,
                                  Response&);

  // Asks the report, and notes the question for the script.
  template <class Request, class Response>
  void Ask(const std::string& method, Report<Request, Response> report, Request request) {
    rpc::SetDay(absl::CivilDay(2026, 1, 6), request.mutable_period()->mutable_start());
    rpc::SetDay(absl::CivilDay(2026, 2, 1), request.mutable_period()->mutable_end());
    rpc::CallContext context;
    context.tenant = "acme";
    Response expected;
    const absl::Status status = report({reports_, clock_}, context, request, expected);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(expected.basis().opportunity_sequence(), sales_);
    for (const ReportReads* const reads : {&by_time_, &by_id_}) {
      Response same;
      ASSERT_TRUE(report({*reads, clock_}, context, request, same).ok());
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(expected, same))
          << request.DebugString() << expected.DebugString() << same.DebugString();
    }
    script_.Expect(method, request, std::move(expected));
  }

  void AskAll(const v1::ReportView& view, const v1::ReportScope& scope,
              const std::vector<v1::ReportGrouping>& by) {
    const auto asked = [&](auto request) {
      *request.mutable_view() = view;
      *request.mutable_scope() = scope;
      for (const v1::ReportGrouping each : by) request.mutable_groups()->add_by(each);
      request.mutable_groups()->set_attribute("campaign");
      return request;
    };
    v1::QueryLeadFunnelRequest funnel;
    Ask("QueryLeadFunnel", QueryLeadFunnel, asked(funnel));
    funnel.set_horizon_days(20);
    Ask("QueryLeadFunnel", QueryLeadFunnel, asked(funnel));
    v1::QueryResponseTimeRequest responses;
    for (const int minutes : {5, 1440, 6000, 20'000}) responses.add_within_minutes(minutes);
    Ask("QueryResponseTime", QueryResponseTime, asked(responses));
    Ask("QueryQualification", QueryQualification, asked(v1::QueryQualificationRequest()));
    Ask("QueryConversion", QueryConversion, asked(v1::QueryConversionRequest()));
  }

  v1::ReportView View(v1::ReportClock clock, int rounds_ago, int known_rounds_ago = 0) {
    v1::ReportView view;
    view.set_clock(clock);
    view.set_time_zone("Europe/Berlin");
    rpc::SetTime(clock_.Now() - kRound * rounds_ago - absl::Minutes(1), view.mutable_as_of());
    if (clock == v1::REPORT_CLOCK_EFFECTIVE) {
      rpc::SetTime(clock_.Now() - kRound * known_rounds_ago, view.mutable_known_at());
    }
    return view;
  }

  static constexpr char kSales[] = "crm:stage-events:opportunity:";
  static constexpr int kNever = 1'000'000;
  const ReportReads reports_{database_.pool(), kSales};
  // Leads of a period by when they came in, and all by their ids.
  const ReportReads by_time_{database_.pool(), kSales, ReportReads::kMostDecisions, 0};
  const ReportReads by_id_{database_.pool(), kSales, 0, kNever};
  const std::filesystem::path folder_{::testing::TempDir()};
  int64_t sales_ = 0;
  crm::testing::ReportScript script_{"tests/integration/lead/lead_reports.py"};
};

TEST_F(LeadReportScript, AgreesToTheLead) {
  Live(LeadHistories());
  MixKeptMoves();
  ExportEvents();
  TellSales();
  ExportLeads();
  v1::ReportScope some;
  some.add_owners("agent-1");
  some.add_owners("agent-2");
  some.add_sources(type::v1::LEAD_SOURCE_WEB);
  some.add_sources(type::v1::LEAD_SOURCE_UNSPECIFIED);
  AskAll(View(v1::REPORT_CLOCK_RECORDED, 0), {}, {v1::REPORT_GROUPING_OWNER});
  AskAll(View(v1::REPORT_CLOCK_RECORDED, 12), {}, {v1::REPORT_GROUPING_SOURCE});
  AskAll(View(v1::REPORT_CLOCK_EFFECTIVE, 0), {}, {v1::REPORT_GROUPING_OWNER});
  AskAll(View(v1::REPORT_CLOCK_EFFECTIVE, 6), some,
         {v1::REPORT_GROUPING_WEEK, v1::REPORT_GROUPING_ATTRIBUTE});
  AskAll(View(v1::REPORT_CLOCK_EFFECTIVE, 14, 5), {},
         {v1::REPORT_GROUPING_MONTH, v1::REPORT_GROUPING_SOURCE_DETAIL});
  script_.Run(folder_ / "leads.jsonl");
}

}  // namespace
}  // namespace crm::lead::testing
