// What hangs holds no call beyond its deadline, and no call that does not need it.

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "common/rpc/channel.h"
#include "common/serving/batch_write.h"
#include "services/lead/clients/grpc_contact_directory.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/postgres_server.h"
#include "tests/support/silent_server.h"

namespace crm::lead::testing {
namespace {

using base::Deadline;
using base::SteadyNow;
using base::SteadyTime;
using ::crm::testing::PostgresServer;
using ::testing::ElementsAre;

constexpr absl::Duration kPatience = absl::Seconds(1);
// A call ends a quarter of a second after its deadline at most; the rest is for a machine that does
// other things as well.
constexpr absl::Duration kLatest = kPatience + absl::Milliseconds(250) + absl::Milliseconds(1250);

struct Ended {
  absl::Status status;
  absl::Duration took;
};

class HangTest : public LeadServiceTest {
 protected:
  ~HangTest() override {
    postgres_.Resume();
    Service().contacts().Ask(nullptr);
  }

  // Calls with a deadline that the server knows and the client does not hold, so that it is the
  // server's answer that is seen.
  template <class Req, class Resp>
  std::future<Ended> Start(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                           const Req& request, absl::Duration patience = kPatience) {
    return std::async(std::launch::async, [this, method, request, patience] {
      grpc::ClientContext context;
      context.AddMetadata("x-crm-tenant", tenant());
      context.AddMetadata("grpc-timeout", absl::StrCat(absl::ToInt64Milliseconds(patience), "m"));
      const SteadyTime start = SteadyNow();
      Resp response;
      const grpc::Status status = (Service().stub().*method)(&context, request, &response);
      return Ended{rpc::FromGrpcStatus(status), SteadyNow() - start};
    });
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
};

TEST_F(HangTest, WithoutPostgresCallsOfEveryLaneEndAtTheirDeadlines) {
  const std::string working = Working().name();
  const std::string qualified = Qualified().name();
  v1::ListLeadsRequest list;
  postgres_.Pause();
  std::vector<std::future<Ended>> calls;
  calls.push_back(Start(&Stub::GetLead, Named<v1::GetLeadRequest>(working)));
  calls.push_back(Start(&Stub::ListLeads, list));
  calls.push_back(Start(&Stub::EvaluateLead, Named<v1::EvaluateLeadRequest>(working)));
  calls.push_back(Start(&Stub::LogActivity, Note(working)));
  calls.push_back(Start(&Stub::ReopenLead, [&] {
    auto request = Named<v1::ReopenLeadRequest>(working);
    request.set_reason("again");
    return request;
  }()));
  calls.push_back(Start(&Stub::CreateLead, CreateRequest()));
  calls.push_back(Start(&Stub::ConvertLead, ConvertRequest(qualified)));
  auto patient = Start(&Stub::LogActivity, Note(working), absl::Seconds(30));
  for (size_t i = 0; i < calls.size(); ++i) {
    const Ended end = calls[i].get();
    EXPECT_EQ(Outcome(end.status), "DEADLINE_EXCEEDED DEADLINE_PASSED") << i;
    EXPECT_GE(end.took, kPatience - absl::Milliseconds(50)) << i;
    EXPECT_LT(end.took, kLatest) << i;
  }
  postgres_.Resume();
  EXPECT_EQ(patient.get().status, absl::OkStatus());
  EXPECT_EQ(Get(working).activity_count(), 2);
}

TEST_F(HangTest, ASilentContactServiceDelaysNoCallThatDoesNotAskIt) {
  const std::string lead = Working().name();
  const ::crm::testing::SilentServer silent;
  GrpcContactDirectory contacts(
      rpc::MakeChannel({.target = absl::StrCat("127.0.0.1:", silent.port())}).value());
  Service().contacts().Ask(&contacts);
  std::vector<std::future<Ended>> creating;
  for (int i = 0; i < 12; ++i) {
    creating.push_back(Start(&Stub::CreateLead, CreateRequest(), 2 * kPatience));
  }
  for (int i = 0; i < 10; ++i) {
    const SteadyTime start = SteadyNow();
    EXPECT_EQ(Log(lead, v1::ACTIVITY_TYPE_NOTE, v1::ACTIVITY_DIRECTION_UNSPECIFIED).status(),
              absl::OkStatus());
    EXPECT_LT(SteadyNow() - start, kPatience);
  }
  for (auto& call : creating) {
    const Ended end = call.get();
    EXPECT_EQ(Outcome(end.status), "DEADLINE_EXCEEDED DEADLINE_PASSED");
    EXPECT_LT(end.took, kPatience + kLatest);
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
  void FinishSerialized(const std::string&) { Finish(absl::OkStatus()); }
};

class BatchHangTest : public HangTest {
 protected:
  BatchHangTest() {
    for (BatchedCall* call : calls_) {
      call->call_context.tenant = tenant();
      call->lead = Working().name();
    }
  }

  void Run() {
    impatient_.call_context.deadline = Deadline::After(2 * kPatience);
    patient_.call_context.deadline = Deadline::After(absl::Seconds(30));
    serving::UpdateBatch(Service().leads(), absl::MakeConstSpan(calls_),
                         [](BatchedCall& call) -> absl::StatusOr<aggregate::Change<Lead>> {
                           aggregate::Change<Lead> change;
                           change.key = KeyOf(call.context(), call.lead);
                           change.request = call.request;
                           change.apply = [&call](Lead& lead) {
                             ++call.applied;
                             lead.owner = "somebody else";
                             call.on_apply();
                             return absl::OkStatus();
                           };
                           change.answer = [](const Lead&) { return "done"; };
                           return change;
                         });
  }

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
  EXPECT_EQ(Get(patient_.lead).owner(), "somebody else");
  EXPECT_EQ(Get(impatient_.lead).owner(), "agent-7");
}

TEST_F(BatchHangTest, ACommitInDoubtEndsAllItsCallsAndIsNotRunAgain) {
  impatient_.request = idempotency::Request{*base::Uuid::Parse(NewUuid()), "0123456789abcdef"};
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
