// What hangs holds no call beyond its deadline, and no call that does not need it.

#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "common/log/log.h"
#include "common/neighbours/grpc_contact_directory.h"
#include "common/rpc/channel.h"
#include "common/serving/batch_write.h"
#include "common/serving/requests.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/await.h"
#include "tests/support/leaks.h"
#include "tests/support/postgres_server.h"
#include "tests/support/silent_server.h"

namespace crm::lead::testing {
namespace {

using base::Deadline;
using base::SteadyNow;
using base::SteadyTime;
using ::crm::testing::PostgresServer;

using ::testing::AnyOf;

constexpr absl::Duration kPatience = absl::Seconds(1);
// A call ends a quarter of a second after its deadline at most; the rest is for a machine that does
// other things as well.
const absl::Duration kLatest = kPatience + absl::Milliseconds(250) + absl::Milliseconds(1250);

// How the service ended a call. Its client sees no more than that gRPC cuts it off at its deadline,
// so this comes from the line in the log.
struct Ended {
  std::string method;
  std::string outcome;  // "UNAVAILABLE COMMIT_IN_DOUBT", or "OK"
  absl::Duration took;
};

// The server's deadline is a little later than the client's, which is rounded up on the wire: one
// that still waits for a worker may be cancelled by its client in between.
auto EndedByItsDeadline() {
  return AnyOf("DEADLINE_EXCEEDED DEADLINE_PASSED", "CANCELLED CALL_CANCELLED");
}

class HangTest : public LeadServiceTest {
 protected:
  HangTest() {
    ::crm::testing::KeepLog([this](absl::string_view lines) {
      absl::MutexLock lock(&mutex_);
      lines_.append(lines.data(), lines.size());
    });
  }
  ~HangTest() override {
    postgres_.Resume();
    Service().contacts().Ask(nullptr);
    ::crm::testing::KeepLog();
  }

  template <class Req, class Resp>
  void Start(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
             const Req& request, absl::Duration patience = kPatience) {
    calls_.push_back(std::async(std::launch::async, [this, method, request, patience] {
      rpc::CallContext caller;
      caller.tenant = tenant();
      const auto context = rpc::ClientContextFor(caller, patience);
      Resp response;
      return rpc::FromGrpcStatus((Service().stub().*method)(context.get(), request, &response));
    }));
  }

  // Waits until the service has ended `count` calls of this test, in the order of their ends.
  std::vector<Ended> AwaitEnded(size_t count) {
    std::vector<Ended> ended;
    EXPECT_TRUE(::crm::testing::Await(absl::Seconds(40), [&] {
      ended = EndedCalls();
      return ended.size() >= count;
    }));
    return ended;
  }

  std::vector<Ended> EndedCalls() {
    log::Flush();
    absl::MutexLock lock(&mutex_);
    std::vector<Ended> ended;
    for (const absl::string_view text : absl::StrSplit(lines_, '\n', absl::SkipEmpty())) {
      const auto line = nlohmann::json::parse(std::string(text));
      if (line["msg"] != "call" || line["tenant"] != tenant()) continue;
      const std::string method = line["method"];
      const std::string reason = line.value("reason", "");
      ended.push_back({method.substr(method.find('/') + 1),
                       absl::StrCat(std::string(line["code"]), reason.empty() ? "" : " ", reason),
                       absl::Seconds(double(line["seconds"]))});
    }
    return ended;
  }
  void ForgetEnded() {
    log::Flush();
    absl::MutexLock lock(&mutex_);
    lines_.clear();
  }

  template <class Req>
  static Req Named(const std::string& name) {
    Req request;
    request.set_name(name);
    return request;
  }
  static v1::LogActivityRequest Note(const std::string& name) {
    auto request = Named<v1::LogActivityRequest>(name);
    request.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
    return request;
  }

  PostgresServer& postgres_ = PostgresServer::Shared();
  std::vector<std::future<absl::Status>> calls_;

 private:
  absl::Mutex mutex_;
  std::string lines_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(HangTest, WithoutPostgresCallsOfEveryLaneEndAtTheirDeadlines) {
  const std::string working = Working().name();
  const std::string qualified = Qualified().name();
  auto reopen = Named<v1::ReopenLeadRequest>(working);
  reopen.set_reason("again");
  ForgetEnded();
  postgres_.Pause();
  Start(&Stub::GetLead, Named<v1::GetLeadRequest>(working));
  Start(&Stub::ListLeads, v1::ListLeadsRequest());
  Start(&Stub::EvaluateLead, Named<v1::EvaluateLeadRequest>(working));
  Start(&Stub::LogActivity, Note(working));
  Start(&Stub::ReopenLead, reopen);
  Start(&Stub::CreateLead, CreateRequest());
  Start(&Stub::ConvertLead, ConvertRequest(qualified));
  const size_t impatient = calls_.size();
  Start(&Stub::LogActivity, Note(working), absl::Seconds(30));
  for (const Ended& end : AwaitEnded(impatient)) {
    if (end.method == "CreateLead") {  // reads nothing first: its only round trip is the COMMIT
      EXPECT_THAT(end.outcome, AnyOf("UNAVAILABLE COMMIT_IN_DOUBT", EndedByItsDeadline()));
    } else {
      EXPECT_THAT(end.outcome, EndedByItsDeadline()) << end.method;
    }
    EXPECT_GT(end.took, kPatience / 2) << end.method;
    EXPECT_LT(end.took, kLatest) << end.method;
  }
  postgres_.Resume();
  // Who has time left goes on, unless connecting has been given up already.
  const absl::Status patient = calls_.back().get();
  EXPECT_THAT(Outcome(patient), AnyOf("OK", "UNAVAILABLE DATABASE_UNAVAILABLE"));
  EXPECT_EQ(Get(working).activity_count(), patient.ok() ? 2 : 1);
}

TEST_F(HangTest, ASilentContactServiceDelaysNoCallThatDoesNotAskIt) {
  const std::string lead = Working().name();
  const ::crm::testing::SilentServer silent;
  neighbours::GrpcContactDirectory contacts(
      rpc::MakeChannel({.target = absl::StrCat("127.0.0.1:", silent.port())}).value(), "crm-lead");
  Service().contacts().Ask(&contacts);
  ForgetEnded();
  for (int i = 0; i < 12; ++i) Start(&Stub::CreateLead, CreateRequest(), 4 * kPatience);
  for (int i = 0; i < 10; ++i) {
    const SteadyTime start = SteadyNow();
    EXPECT_EQ(Log(lead, v1::ACTIVITY_TYPE_NOTE, v1::ACTIVITY_DIRECTION_UNSPECIFIED).status(),
              absl::OkStatus());
    EXPECT_LT(SteadyNow() - start, 2 * kPatience);
  }
  for (const Ended& end : AwaitEnded(12 + 10)) {
    if (end.method != "CreateLead") continue;
    EXPECT_THAT(end.outcome, EndedByItsDeadline());
    EXPECT_LT(end.took, 3 * kPatience + kLatest);
  }
}

// A call of a batch, without gRPC.
struct BatchedCall {
  rpc::CallContext call_context;
  std::string lead;
  std::optional<idempotency::Request> request = std::nullopt;
  std::function<void()> on_apply = [] {};
  std::function<void()> on_finish = [] {};
  int applied = 0;
  absl::Status status = absl::UnknownError("not finished");

  const rpc::CallContext& context() const { return call_context; }
  void Finish(absl::Status end) {
    status = std::move(end);
    on_finish();
  }
  void FinishSerialized(const std::string&, bool = false) { Finish(absl::OkStatus()); }
};

class BatchHangTest : public HangTest {
 protected:
  BatchHangTest() {
    for (BatchedCall* call : calls_) {
      call->call_context.tenant = tenant();
      call->lead = Working().name();
    }
  }

  // Writes once, so that a connection that knows all statements is at hand: to prepare one is a
  // round trip of its own, before the COMMIT.
  void Prepare() {
    Run();
    ASSERT_EQ(impatient_.status, absl::OkStatus());
    ASSERT_EQ(patient_.status, absl::OkStatus());
    impatient_.applied = patient_.applied = 0;
  }

  void Run() {
    ++runs_;
    impatient_.call_context.deadline = Deadline::After(2 * kPatience);
    patient_.call_context.deadline = Deadline::After(absl::Seconds(30));
    serving::UpdateBatch(Service().leads(), absl::MakeConstSpan(calls_),
                         [this](BatchedCall& call) -> absl::StatusOr<aggregate::Change<Lead>> {
                           aggregate::Change<Lead> change;
                           change.key = serving::KeyOf(call.context(), call.lead, "leads");
                           change.request = call.request;
                           change.apply = [&call, owner = Owner()](Lead& lead) {
                             ++call.applied;
                             lead.owner = owner;
                             call.on_apply();
                             return absl::OkStatus();
                           };
                           change.answer = [](const Lead&) { return "done"; };
                           return change;
                         });
  }

  // Another one for every run.
  std::string Owner() const { return absl::StrCat("owner-", runs_); }

  int runs_ = 0;
  BatchedCall impatient_;
  BatchedCall patient_;
  const std::vector<BatchedCall*> calls_ = {&impatient_, &patient_};
};

TEST_F(BatchHangTest, WhoHasTimeLeftIsWrittenWhenTheDatabaseIsBack) {
  impatient_.on_finish = [&] { postgres_.Resume(); };
  postgres_.Pause();
  Run();
  EXPECT_EQ(Outcome(impatient_.status), "DEADLINE_EXCEEDED DEADLINE_PASSED");
  EXPECT_EQ(patient_.status, absl::OkStatus());
  EXPECT_EQ(Get(patient_.lead).owner(), Owner());
  EXPECT_EQ(Get(impatient_.lead).owner(), "agent-7");
}

TEST_F(BatchHangTest, ACommitInDoubtEndsAllItsCallsAndIsNotRunAgain) {
  const auto request = [] {
    return idempotency::Request{*base::Uuid::Parse(NewUuid()), "0123456789abcdef"};
  };
  impatient_.request = request();
  Prepare();
  impatient_.request = request();
  // The rows are locked and loaded; what hangs is the COMMIT.
  impatient_.on_apply = [&] { postgres_.Pause(); };
  impatient_.on_finish = [&] { postgres_.Resume(); };
  Run();
  EXPECT_EQ(Outcome(impatient_.status), "UNAVAILABLE COMMIT_IN_DOUBT");
  EXPECT_EQ(Metadata(impatient_.status, "requestId"), impatient_.request->id.ToString());
  EXPECT_EQ(Outcome(patient_.status), "UNAVAILABLE COMMIT_IN_DOUBT");
  EXPECT_EQ(impatient_.applied, 1);
  EXPECT_EQ(patient_.applied, 1) << "it has no request id: it may have been written";
}

}  // namespace
}  // namespace crm::lead::testing
