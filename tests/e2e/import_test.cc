// The real data set through crmctl import, counted through the public calls.

#include <gtest/gtest.h>
#include <signal.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/facts.h"
#include "tests/e2e/report_facts.h"
#include "tests/e2e/streams.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = RealDataFolder();
    if (folder_.empty()) {
      GTEST_SKIP() << "the real data set is not there; name its folder in CRM_TEST_DATA";
    }
  }

  std::string ImportScript(const Stack& stack, const std::string& flags = "") const {
    return absl::StrCat(stack.Source(), "exec crmctl import --mapping ",
                        "clients/crmctl/mappings/maven.json --data ", Quoted(folder_),
                        " --rejects ", stack.folder(), "/logs/rejects.csv ", flags);
  }

  void ExpectAllFacts(const Stack& stack) {
    ASSERT_TRUE(Settle(stack));
    const client::Client client = ConnectTo(stack);
    ExpectRealDataFacts(CountThroughApis(client), folder_);
    ExpectStreamsEqualHistories(stack, client);
  }

  // Number of stage events so far, on all streams.
  static int64_t Progress(const Stack& stack) {
    const client::Client client = ConnectTo(stack);
    int64_t sum = 0;
    for (const auto& [service, last] : LastSequences(client)) sum += last;
    return sum;
  }

  // Those that opportunities are in.
  static std::set<std::string> Pipelines(const Stack& stack) {
    std::set<std::string> pipelines;
    opportunity::v1::ListOpportunitiesRequest request;
    request.set_page_size(1000);
    const absl::Status status = ConnectTo(stack).ForEachPage(request, [&](const auto& page) {
      for (const auto& each : page.opportunities()) pipelines.insert(each.pipeline());
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return pipelines;
  }

  std::string folder_;
};

TEST_F(ImportTest, TheFactsHoldAndASecondImportChangesNothing) {
  const Stack stack;
  const absl::Time start = absl::Now();
  const Outcome first = RunScript(ImportScript(stack));
  ASSERT_EQ(first.code, 0) << first.output;
  std::printf("%simported in %.1f s\n", first.output.c_str(),
              absl::ToDoubleSeconds(absl::Now() - start));
  ExpectAllFacts(stack);

  const client::Client client = ConnectTo(stack);
  ExpectReportsAreRight(client, folder_, start);
  const std::string events = absl::StrCat(stack.folder(), "/logs/opportunity.jsonl");
  const Outcome exported = RunScript(absl::StrCat(
      stack.Source(), "exec crmctl events export --service opportunity --file ", Quoted(events)));
  ASSERT_EQ(exported.code, 0) << exported.output;
  ExpectEventsTellTheSame(client, events);
  const std::string page = absl::StrCat(stack.folder(), "/logs/report.html");
  const Outcome made = RunScript(
      absl::StrCat(stack.Source(), "crmctl report --as-of 2017-10-16 --html ", Quoted(page),
                   " && exec /usr/bin/python3 -B clients/examples/check_page.py ", Quoted(page),
                   " ", Quoted(events)));
  EXPECT_EQ(made.code, 0) << made.output;
  const auto before = LastSequences(client);
  const Outcome second = RunScript(ImportScript(stack));
  EXPECT_EQ(second.code, 0) << second.output;
  ASSERT_TRUE(Settle(stack));
  EXPECT_EQ(LastSequences(client), before);
  ExpectAllFacts(stack);
}

// Through a pipeline made for it.
TEST_F(ImportTest, EveryServiceMayBeKilledDuringTheImport) {
  Stack stack;
  const Outcome made = RunScript(absl::StrCat(
      stack.Source(), "crmctl pipeline apply clients/crmctl/mappings/maven-pipeline.yaml --yes"));
  ASSERT_EQ(made.code, 0) << made.output;
  const std::string script = ImportScript(stack, "--pipeline pipelines/maven");
  Command import(script);
  int64_t events = 0;
  for (const std::string& service : kServices) {
    events += 8000;
    ASSERT_TRUE(Await(absl::Minutes(2), [&] { return Progress(stack) > events; }))
        << import.Output();
    EXPECT_TRUE(import.Running()) << "the import was over before " << service << " was killed";
    stack.Kill(service, SIGKILL);
    stack.Start();
  }
  const Outcome first = import.Wait();
  Outcome last = first;
  EXPECT_TRUE(Await(absl::Minutes(5),
                    [&] { return last.code == 0 || (last = RunScript(script)).code == 0; }))
      << first.output << last.output;
  std::printf("%s", first.output.c_str());
  ExpectAllFacts(stack);
  EXPECT_EQ(Pipelines(stack), std::set<std::string>{"pipelines/maven"});
}

}  // namespace
}  // namespace crm::testing
