// A pipeline of a tenant's own, as its operator makes and changes it with crmctl, and what reports
// that compare pipelines say meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/streams.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using opportunity::v1::Opportunity;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr int kOpportunities = 1000;
constexpr int kCallers = 8;
constexpr int64_t kAmount = 100'000;

// Five open stages, none of them one of the default pipeline's; three mean what one there does.
constexpr char kPipeline[] = R"(name: pipelines/machines
display_name: Machines
stages:
  - {key: enquiry, display_name: Enquiry, probability: 10, forecast_category: PIPELINE, stage_key: discovery}
  - {key: visit, display_name: Visit, probability: 25, forecast_category: PIPELINE}
  - {key: pilot, display_name: Pilot, probability: 40, forecast_category: BEST_CASE}
  - {key: offer, display_name: Offer, probability: 60, forecast_category: BEST_CASE, stage_key: proposal, gates: [AMOUNT]}
  - {key: order, display_name: Order, probability: 90, forecast_category: COMMIT, stage_key: contract}
  - {key: delivered, display_name: Delivered, type: WON, stage_key: won}
  - {key: gone, display_name: Gone, type: LOST, stage_key: lost}
)";
constexpr const char* kOpen[] = {"enquiry", "visit", "pilot", "offer", "order"};

// How many, by stage.
using Counts = std::map<std::string, int>;

class PipelineTest : public ::testing::Test {
 protected:
  Outcome Apply(const std::string& text, const std::string& flags) {
    const std::string file = stack_.folder() + "/logs/machines.yaml";
    std::ofstream(file) << text;
    return RunScript(absl::StrCat(stack_.Source(), "crmctl pipeline apply ", file, " ", flags));
  }

  template <class Request>
  auto Do(const Request& request) {
    auto response = client_.Call(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : client::ResponseOf<Request>();
  }

  // A contact that is a lead too, so that every service has something to tell.
  std::string NewContact() {
    contact::v1::CreateContactRequest request;
    request.mutable_contact()->mutable_organization();
    request.mutable_contact()->set_display_name("Bellweather Mills");
    const std::string name = Do(request).contact().name();
    lead::v1::CreateLeadRequest lead;
    lead.mutable_lead()->set_contact(name);
    Do(lead);
    return name;
  }

  // Opens one and takes it to where number `n` ends: 0 to 4 in that stage, 5 won, 6 lost, each
  // through all stages before.
  void Run(const std::string& contact, int n) {
    opportunity::v1::OpenOpportunityRequest open;
    open.mutable_opportunity()->set_display_name(absl::StrCat("Machine ", n));
    open.mutable_opportunity()->set_contact(contact);
    open.mutable_opportunity()->set_pipeline("pipelines/machines");
    open.mutable_opportunity()->set_owner("agent-7");
    open.mutable_opportunity()->mutable_amount()->set_currency_code("USD");
    open.mutable_opportunity()->mutable_amount()->set_amount_minor(kAmount);
    const std::string name = Do(open).opportunity().name();
    const int end = n % 7;
    for (int stage = 1; stage < 5 && stage <= end; ++stage) {
      opportunity::v1::MoveOpportunityRequest move;
      move.set_name(name);
      move.set_stage(kOpen[stage]);
      Do(move);
    }
    if (end == 5) {
      opportunity::v1::WinOpportunityRequest win;
      win.set_name(name);
      Do(win);
    } else if (end == 6) {
      opportunity::v1::LoseOpportunityRequest lose;
      lose.set_name(name);
      lose.set_loss_reason(opportunity::v1::LOSS_REASON_PRICE);
      Do(lose);
    }
  }

  void RunAll(const std::string& contact) {
    std::atomic<int> next{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&] {
        for (int n = next++; n < kOpportunities; n = next++) Run(contact, n);
      });
    }
    for (std::thread& caller : callers) caller.join();
  }

  // How many are in each stage now, by the stage's key.
  Counts InStages() {
    Counts counts;
    opportunity::v1::ListOpportunitiesRequest request;
    request.set_page_size(1000);
    EXPECT_TRUE(client_
                    .ForEachPage(request,
                                 [&](const auto& page) {
                                   for (const Opportunity& it : page.opportunities()) {
                                     ++counts[it.stage()];
                                   }
                                   return true;
                                 })
                    .ok());
    return counts;
  }

  // How many are in each stage, by what it is called across pipelines, from the events alone.
  Counts ByStageKey(const std::vector<event::v1::StageEvent>& events) {
    Counts counts;
    for (const auto& event : events) {
      const event::v1::StageChanged& change = event.change();
      if (change.version() == 0) continue;  // no move
      if (change.version() > 1) --counts[change.from_stage_key()];
      ++counts[change.to_stage_key()];
    }
    std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
    return counts;
  }

  std::string NameIn(const std::string& stage) {
    opportunity::v1::ListOpportunitiesRequest request;
    request.set_filter("stage = " + stage);
    request.set_page_size(1);
    const auto page = Do(request);
    return page.opportunities().empty() ? "" : page.opportunities(0).name();
  }

  // What ListStageChanges says, as text.
  std::string HistoryOf(const std::string& name) {
    opportunity::v1::ListStageChangesRequest request;
    request.set_name(name);
    return Do(request).DebugString();
  }

  std::vector<event::v1::StageEvent> Events() { return ReadEvents(client_, "opportunity"); }

  void ShowAndMake();
  void Rename();
  void RemovePilot();

  const Stack stack_;
  client::Client client_ = ConnectTo(stack_);
};

std::string Renamed(const std::string& text) {
  return absl::StrReplaceAll(text, {{"display_name: Offer", "display_name: Quotation"}});
}

std::string WithoutPilot(const std::string& text) {
  std::string without = text;
  const size_t start = without.find("  - {key: pilot");
  without.erase(start, without.find('\n', start) + 1 - start);
  return without;
}

void PipelineTest::ShowAndMake() {
  const Outcome shown = Apply(kPipeline, "--dry-run");
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.output, AllOf(HasSubstr("+ pipelines/machines"), HasSubstr("+ stage pilot:")));
  EXPECT_EQ(Apply(kPipeline, "</dev/null").code, 2) << "nobody said yes";
  const Outcome made = Apply(kPipeline, "--yes");
  EXPECT_EQ(made.code, 0) << made.output;
  EXPECT_THAT(Apply(kPipeline, "--yes").output, HasSubstr("is as the file says (revision 1)"));
}

void PipelineTest::Rename() {
  const Outcome renamed = Apply(Renamed(kPipeline), "--yes");
  EXPECT_EQ(renamed.code, 0) << renamed.output;
  EXPECT_THAT(renamed.output, HasSubstr("~ stage offer: display_name: Offer → Quotation"));
}

void PipelineTest::RemovePilot() {
  const std::string without = WithoutPilot(Renamed(kPipeline));
  const Outcome homeless = Apply(without, "--yes");
  EXPECT_EQ(homeless.code, 2);
  EXPECT_THAT(homeless.output, HasSubstr("lacks stages that the pipeline has: pilot"));
  const std::string file = without + "successors: {pilot: visit}\n";
  const Outcome removed = Apply(file, "--yes");
  EXPECT_EQ(removed.code, 0) << removed.output;
  EXPECT_THAT(removed.output, HasSubstr("- stage pilot: its opportunities go to visit"));
  EXPECT_TRUE(Await(absl::Minutes(2), [&] { return InStages().count("pilot") == 0; }));
  EXPECT_THAT(Apply(file, "--yes").output, HasSubstr("is as the file says"));
}

TEST_F(PipelineTest, IsAppliedRunThroughRenamedAndShortenedAndReportsStayRight) {
  ShowAndMake();
  RunAll(NewContact());
  Counts in_stages = InStages();
  EXPECT_THAT(in_stages, ElementsAre(Pair("delivered", 143), Pair("enquiry", 143),
                                     Pair("gone", 142), Pair("offer", 143), Pair("order", 143),
                                     Pair("pilot", 143), Pair("visit", 143)));
  Counts shared = ByStageKey(Events());
  EXPECT_THAT(shared, ElementsAre(Pair("contract", 143), Pair("discovery", 143), Pair("lost", 142),
                                  Pair("pilot", 143), Pair("proposal", 143), Pair("visit", 143),
                                  Pair("won", 143)));

  const std::string in_offer = NameIn("offer");
  const std::string history = HistoryOf(in_offer);
  Rename();
  EXPECT_EQ(InStages(), in_stages);
  EXPECT_EQ(ByStageKey(Events()), shared);
  EXPECT_EQ(HistoryOf(in_offer), history) << "it shows names as they were";

  RemovePilot();
  for (Counts* const counts : {&in_stages, &shared}) {
    (*counts)["visit"] += (*counts)["pilot"];
    counts->erase("pilot");
  }
  EXPECT_EQ(InStages(), in_stages);
  ASSERT_TRUE(Settle(stack_));
  const std::vector<event::v1::StageEvent> events = Events();
  EXPECT_EQ(ByStageKey(events), shared);
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const auto& event) {
                            return event.change().reason() == "PIPELINE_CHANGED" &&
                                   event.change().from_stage() == "pilot" &&
                                   event.change().to_stage() == "visit";
                          }),
            143);
  ExpectStreamsEqualHistories(stack_, client_);
}

}  // namespace
}  // namespace crm::testing
