// One customer from first contact to account, on a whole stack whose logs have several partitions,
// also while its servers come and go.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/streams.h"
#include "tests/e2e/walk.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr int kPartitions = 3;

class WalkTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    stack_ = std::make_unique<Stack>(StackOptions{.partitions = kPartitions});
  }
  static void TearDownTestSuite() { stack_.reset(); }

  contact::v1::LifecycleStage StageOf(const std::string& contact) {
    contact::v1::GetContactRequest request;
    request.set_name(contact);
    const auto response = client_.Call(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->contact().stage() : contact::v1::LIFECYCLE_STAGE_UNSPECIFIED;
  }

  // What a script prints that has the stack's addresses and crmctl.
  static std::string Do(const std::string& script) {
    const Outcome outcome = RunScript(stack_->Source() + script);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return outcome.output;
  }

  // The customer's account, once it is there.
  contact::v1::Account AwaitAccount(const std::string& customer) {
    contact::v1::ListAccountsRequest request;
    request.set_filter("customer = " + customer);
    contact::v1::Account account;
    const bool opened = Await(absl::Seconds(30), [&] {
      const auto page = client_.Call(request);
      if (!page.ok() || page->accounts().empty()) return false;
      account = page->accounts(0);
      return true;
    });
    EXPECT_TRUE(opened) << "no account of " << customer;
    return account;
  }

  static std::unique_ptr<Stack> stack_;
  client::Client client_ = ConnectTo(*stack_);
};

std::unique_ptr<Stack> WalkTest::stack_;

TEST_F(WalkTest, AContactBecomesAnAccountThroughTheStubs) {
  const Walk walk = WalkToSale(client_, "Larkspur Optics", 5'400'000);
  const contact::v1::Account account = AwaitAccount(walk.organization);
  EXPECT_EQ(account.display_name(), "Larkspur Optics");
  EXPECT_EQ(account.first_opportunity(), walk.opportunity);
  EXPECT_EQ(account.win_count(), 1);
  ASSERT_EQ(account.win_sums_size(), 1);
  EXPECT_EQ(account.win_sums(0).amount_minor(), 5'400'000);
  EXPECT_TRUE(Await(absl::Seconds(30), [&] {
    return StageOf(walk.organization) == contact::v1::LIFECYCLE_STAGE_CUSTOMER;
  }));

  opportunity::v1::ListStageChangesRequest request;
  request.set_name(walk.opportunity);
  const auto changes = client_.Call(request);
  ASSERT_TRUE(changes.ok()) << changes.status();
  std::vector<std::string> stages;
  for (const auto& change : changes->stage_changes()) stages.push_back(change.to_stage());
  EXPECT_THAT(stages, ElementsAre("discovery", "needs_confirmed", "proposal", "payment_terms",
                                  "contract", "won"));
}

TEST_F(WalkTest, OneCorrelationIdRunsAlongTheWholeChain) {
  const Walk walk = WalkToSale(client_, "Fennimore Glass", 70'000);
  const contact::v1::Account account = AwaitAccount(walk.organization);
  ASSERT_TRUE(Settle(*stack_));
  std::map<std::string, std::set<std::string>> correlations;  // by subject
  for (const std::string& service : kServices) {
    for (const event::v1::StageEvent& event : ReadEvents(client_, service)) {
      correlations[event.change().subject()].insert(event.change().correlation_id());
    }
  }
  using Ids = std::set<std::string>;
  EXPECT_EQ(correlations[walk.lead], Ids{walk.lead});
  EXPECT_EQ(correlations[walk.opportunity], Ids{walk.lead});
  EXPECT_EQ(correlations[account.name()], Ids{walk.lead});
  // It came to be before its lead.
  EXPECT_EQ(correlations[walk.organization], (Ids{walk.lead, walk.organization}));
  EXPECT_EQ(correlations[walk.person], Ids{walk.person});
}

TEST_F(WalkTest, EveryMoveIsOnItsStreamExactlyOnce) {
  WalkToSale(client_, "Bellweather Mills", 100'000);
  ASSERT_TRUE(Settle(*stack_));
  ExpectStreamsEqualHistories(*stack_, client_);
}

// By whoever has a copy: of what is on Redis, and in a file.
TEST_F(WalkTest, CopiesProveThemselves) {
  WalkToSale(client_, "Ostrander Paper", 90'000);
  ASSERT_TRUE(Settle(*stack_));
  const std::string folder = stack_->folder() + "/logs/";
  const std::string streams = Do(absl::StrCat("clients/examples/prove_streams.py --stack ",
                                              stack_->folder(), " --stubs ", folder, "stubs"));
  for (const std::string& service : kServices) {
    EXPECT_THAT(streams, HasSubstr(absl::StrCat("crm:stage-events:", service, ":2: ")));
  }
  const std::string told = Do(absl::StrCat(
      "cd ", folder, "\ncrmctl events export --service opportunity --file 0.jsonl 2>/dev/null\n",
      "mv 0.1.jsonl 1.jsonl\nmv 0.2.jsonl 2.jsonl\nfor p in 0 1 2; do\n",
      "crmctl events verify --service opportunity --partition $p $p.jsonl\ndone"));
  EXPECT_THAT(told, HasSubstr("are the log's"));
  EXPECT_THAT(Do(absl::StrCat("cd ", folder, "\nfile=$(ls -S *.jsonl | head -n 1)\n",
                              "sed -i '1s/\"toStage\":\"/\"toStage\":\"x/' $file\n",
                              "crmctl events verify --service opportunity --partition "
                              "${file%.jsonl} $file 2>&1 || echo code $?")),
              HasSubstr("event 1 of the copy is not what the log has\ncode 1"));
}

TEST_F(WalkTest, ReportsSayHowFarTheyGoInEachPartition) {
  WalkToSale(client_, "Tamarack Tools", 80'000);
  ASSERT_TRUE(Settle(*stack_));
  const auto ends = [&](const std::string& service) {
    std::vector<int64_t> all;
    for (int partition = 0; partition < kPartitions; ++partition) {
      all.push_back(static_cast<int64_t>(ReadLog(client_, service, partition).size()));
    }
    return all;
  };
  const auto pipeline = client_.Call(opportunity::v1::SummarizePipelineRequest());
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  EXPECT_THAT(pipeline->basis().last_sequences(), ElementsAreArray(ends("opportunity")));
  EXPECT_EQ(pipeline->basis().last_sequence(), ends("opportunity")[0]);
  lead::v1::QueryLeadFunnelRequest request;
  request.mutable_period()->mutable_start()->set_year(2026);
  request.mutable_period()->mutable_start()->set_month(1);
  request.mutable_period()->mutable_start()->set_day(1);
  *request.mutable_period()->mutable_end() = request.period().start();
  request.mutable_period()->mutable_end()->set_year(2030);
  EXPECT_TRUE(Await(absl::Seconds(30), [&] {
    const auto funnel = client_.Call(request);
    EXPECT_TRUE(funnel.ok()) << funnel.status();
    if (!funnel.ok()) return true;
    EXPECT_THAT(funnel->basis().last_sequences(), ElementsAreArray(ends("lead")));
    const auto& followed = funnel->basis().opportunity_sequences();
    return std::vector<int64_t>(followed.begin(), followed.end()) == ends("opportunity");
  })) << "it follows the opportunities' log";
}

TEST_F(WalkTest, ServersMayRestartUnderLoad) {
  std::atomic<bool> done{false};
  std::atomic<int> created{0};
  std::thread load([&] {
    while (!done) {
      contact::v1::CreateContactRequest request;
      request.mutable_contact()->mutable_organization();
      request.mutable_contact()->set_display_name("Passer-by");
      if (client_.Call(request).ok()) ++created;
    }
  });
  const auto goes_on = [&] {
    const int before = created;
    return Await(absl::Seconds(60), [&] { return created > before + 5; });
  };
  EXPECT_TRUE(goes_on());
  const std::vector<std::pair<std::string, int>> ends = {
      {"redis", SIGKILL}, {"redis", SIGTERM}, {"postgres", SIGQUIT}, {"postgres", SIGINT}};
  for (const auto& [server, signal] : ends) {
    SCOPED_TRACE(absl::StrCat(server, " ended by signal ", signal));
    stack_->Kill(server, signal);
    if (server == "redis") {
      EXPECT_TRUE(goes_on()) << "writes need no Redis";
    }
    stack_->Start();
    EXPECT_TRUE(goes_on());
  }
  done = true;
  load.join();
  const Walk walk = WalkToSale(client_, "Quillon Freight", 250'000);
  EXPECT_EQ(AwaitAccount(walk.organization).win_count(), 1);
  ASSERT_TRUE(Settle(*stack_));
  ExpectStreamsEqualHistories(*stack_, client_);
}

}  // namespace
}  // namespace crm::testing
