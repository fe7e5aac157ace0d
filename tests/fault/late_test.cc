// Each answer of PostgreSQL comes 200 ms late: slow, but neither wrong nor beyond any deadline; and
// three times what a service that slow can do is offered to it.

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/error/error.h"
#include "tests/fault/opener.h"
#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"
#include "tests/support/slow_link.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kLate = absl::Milliseconds(200);
constexpr absl::Duration kHurry = absl::Milliseconds(300);
// A quarter of a second, and what a machine may stand still that runs other tests.
const absl::Duration kBeyond = absl::Milliseconds(250) + absl::Milliseconds(1250);

class LateTest : public ProgramTest {
 protected:
  LateTest() {
    database_url_ = absl::StrCat("postgresql://postgres@127.0.0.1:", link_.port(), "/", database_);
  }
  ~LateTest() override { link_.SetDelay(absl::ZeroDuration()); }

  // A write, for which it takes two answers.
  grpc::StatusCode CallInAHurry() {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kHurry));
    opportunity::v1::OpenOpportunityRequest request;
    request.mutable_opportunity()->set_display_name("Forty presses");
    request.mutable_opportunity()->set_contact("contacts/" + NewUuid());
    opportunity::v1::OpenOpportunityResponse response;
    return Stub()->OpenOpportunity(&context, request, &response).error_code();
  }

  // How long the service had each call that failed, by its log.
  std::vector<absl::Duration> FailedCalls() {
    std::vector<absl::Duration> took;
    const std::string output = service_->Output();
    for (const absl::string_view line : absl::StrSplit(output, '\n')) {
      double seconds = 0;
      if (!absl::StrContains(line, R"("msg":"call")") ||
          absl::StrContains(line, R"("code":"OK")")) {
        continue;
      }
      const std::vector<std::string> parts =
          absl::StrSplit(line, absl::MaxSplits(R"("seconds":)", 1));
      if (parts.size() == 2 &&
          absl::SimpleAtod(parts[1].substr(0, parts[1].find_first_of(",}")), &seconds)) {
        took.push_back(absl::Seconds(seconds));
      }
    }
    return took;
  }

  // Whether somebody gets an answer who waits for less than it takes to open a connection, but
  // longer than for an answer, and asks again some times.
  bool IsAnsweredAtLast(int times) {
    EXPECT_EQ(RunProgram("migrate").code, 0);
    Serve("--drain-delay 0s");
    EXPECT_TRUE(AwaitLog("\"ready\"")) << service_->Output();
    link_.SetDelay(kLate / 2);
    postgres_.Run(database_,
                  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                  "current_database() AND pid <> pg_backend_pid()");
    const auto stub = Stub();
    opportunity::v1::GetOpportunityRequest request;
    request.set_name("opportunities/" + NewUuid());
    for (int i = 0; i < times; ++i) {
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + kLate * 5 / 4));
      opportunity::v1::GetOpportunityResponse response;
      const grpc::StatusCode code = stub->GetOpportunity(&context, request, &response).error_code();
      if (code == grpc::StatusCode::NOT_FOUND) return true;
      EXPECT_EQ(code, grpc::StatusCode::DEADLINE_EXCEEDED);
    }
    return false;
  }

  std::unique_ptr<opportunity::v1::OpportunityService::Stub> Stub() const {
    return opportunity::v1::OpportunityService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", port()), grpc::InsecureChannelCredentials()));
  }

  SlowLink link_{PostgresServer::Shared().port()};
};

TEST_F(LateTest, TheConnectionThatOneBeganIsForTheNext) { EXPECT_TRUE(IsAnsweredAtLast(50)); }

TEST_F(LateTest, WithConnectionsThatGoWithTheirCallersNobodyIsEverAnswered) {
  failpoints_ = "open_for_caller=take";
  EXPECT_FALSE(IsAnsweredAtLast(10));
  EXPECT_TRUE(absl::StrContains(service_->Output(), "failpoint open_for_caller"));
}

TEST_F(LateTest, PatientCallersGetThroughAllEndInTimeAndWhatWasAcknowledgedIsOnTheStreamOnce) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  Serve("--drain-delay 0s");
  ASSERT_TRUE(AwaitLog("\"ready\"")) << service_->Output();
  link_.SetDelay(kLate);
  const std::string address = absl::StrCat("127.0.0.1:", port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CallInAHurry(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return FailedCalls().size() >= 3; }));
  for (const absl::Duration took : FailedCalls()) EXPECT_LE(took, kHurry + kBeyond);
  std::vector<std::unique_ptr<Opener>> openers;
  for (int i = 0; i < 4; ++i) openers.push_back(std::make_unique<Opener>(address));
  std::atomic<bool> done{false};
  // Beside them, so that connections are cut all the time; or refused, where more wait already than
  // can be served in time.
  std::thread hurried([&] {
    while (!done) {
      EXPECT_THAT(CallInAHurry(), ::testing::AnyOf(grpc::StatusCode::DEADLINE_EXCEEDED,
                                                   grpc::StatusCode::RESOURCE_EXHAUSTED));
    }
  });
  EXPECT_TRUE(Await(Opener::kLongest, [&] {
    return std::all_of(openers.begin(), openers.end(),
                       [](const auto& opener) { return opener->acknowledged() >= 3; });
  })) << service_->Output();
  done = true;
  hurried.join();
  std::set<std::string> acknowledged;
  for (const auto& opener : openers) {
    opener->Stop();
    EXPECT_GE(opener->longest(), 2 * kLate) << "nothing was late";
    acknowledged.insert(opener->names().begin(), opener->names().end());
  }

  // What was not acknowledged may be there all the same.
  const std::vector<std::string> names = absl::StrSplit(
      postgres_.Run(database_,
                    "SELECT 'opportunities/' || id FROM crm_opportunity.opportunity ORDER BY 1"),
      '\n');
  EXPECT_TRUE(std::includes(names.begin(), names.end(), acknowledged.begin(), acknowledged.end()));
  EXPECT_TRUE(Await(absl::Seconds(60), [&] {
    return redis_.Run({"XLEN", "crm:stage-events:opportunity:0"}) ==
           postgres_.Run(database_, "SELECT count(*) FROM crm_opportunity.stage_history");
  }));
}

// One call of an open loop.
struct Offered {
  grpc::ClientContext context;
  opportunity::v1::OpenOpportunityRequest request;
  opportunity::v1::OpenOpportunityResponse response;
  std::future<absl::Status> answer;
  absl::Duration took;
};

class OverloadTest : public LateTest {
 protected:
  // Offers a call every `pace` for a while, whatever becomes of them, and waits for their ends.
  std::vector<std::unique_ptr<Offered>> Offer(absl::Duration pace, absl::Duration length) {
    std::vector<std::unique_ptr<Offered>> calls;
    const base::SteadyTime begin = base::SteadyNow();
    while (base::SteadyNow() - begin < length) {
      calls.push_back(std::make_unique<Offered>());
      Offered& call = *calls.back();
      call.context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(3)));
      call.request.mutable_opportunity()->set_display_name("Forty presses");
      call.request.mutable_opportunity()->set_contact("contacts/" + NewUuid());
      call.answer = std::async(std::launch::async, [this, &call] {
        const base::SteadyTime sent = base::SteadyNow();
        const grpc::Status status =
            stub_->OpenOpportunity(&call.context, call.request, &call.response);
        call.took = base::SteadyNow() - sent;
        return rpc::FromGrpcStatus(status);
      });
      absl::SleepFor(begin + pace * static_cast<double>(calls.size()) - base::SteadyNow());
    }
    return calls;
  }

  std::unique_ptr<opportunity::v1::OpportunityService::Stub> stub_;
};

TEST_F(OverloadTest, ThreeTimesWhatItCanDoLosesLittleAndRefusalsAreQuickAndCarryAdvice) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  Serve("--drain-delay 0s --batching=false --write-workers 2 --max-queued 6");
  ASSERT_TRUE(AwaitLog("\"ready\"")) << service_->Output();
  stub_ = Stub();
  link_.SetDelay(kLate / 2);
  const auto count = [](auto& calls, auto&& which) {
    return std::count_if(calls.begin(), calls.end(), which);
  };
  const auto ok = [](const auto& call) { return call->answer.get().ok(); };
  Offer(absl::Milliseconds(50), absl::Seconds(1));  // opens the connections

  // Two workers, some two answers a call: about ten a second.
  auto within = Offer(absl::Milliseconds(125), absl::Seconds(2));
  const double share = static_cast<double>(count(within, ok)) / static_cast<double>(within.size());
  auto beyond = Offer(absl::Milliseconds(33), absl::Seconds(3));
  int done = 0;
  int refused = 0;
  for (const auto& call : beyond) {
    const absl::Status status = call->answer.get();
    done += status.ok() ? 1 : 0;
    if (status.ok()) continue;
    ++refused;
    EXPECT_EQ(Reason(status), "OVERLOADED") << status;
    EXPECT_LE(call->took, kBeyond) << "a refusal is quick";
    const auto details = error::DetailsOf(status);
    EXPECT_TRUE(details && details->retry_after > absl::ZeroDuration()) << status;
  }
  EXPECT_GT(share, 0.9) << "what it can do";
  EXPECT_GT(refused, done) << "nothing was beyond it";
  const double goodput = done / 3.0;
  const double capacity = static_cast<double>(within.size()) / 2.0;
  EXPECT_GE(goodput, 0.7 * capacity * share);
  std::printf(
      "%.1f calls a second offered and %.0f %% done; of %.1f a second %.1f done, %d refused\n",
      capacity, 100 * share, static_cast<double>(beyond.size()) / 3, goodput, refused);
}

}  // namespace
}  // namespace crm::testing
