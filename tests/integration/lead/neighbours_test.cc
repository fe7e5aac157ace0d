#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/rpc/status_bridge.h"
#include "services/lead/clients/grpc_opportunity_opener.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::IdOf;
using testing::kStart;

// As the service itself answers; what it has no reason for comes as from a proxy before it.
grpc::Status AnswerOf(const absl::Status& status) {
  if (status.ok() || !error::ReasonOf(status).empty()) {
    return rpc::ToGrpcStatus(status, "crm.opportunity.v1");
  }
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

// Answers as a test sets it, and keeps the requests.
class ScriptedOpportunities final : public opportunity::v1::OpportunityService::Service {
 public:
  grpc::Status OpenOpportunity(grpc::ServerContext* context,
                               const opportunity::v1::OpenOpportunityRequest* request,
                               opportunity::v1::OpenOpportunityResponse*) override {
    absl::MutexLock lock(&mutex);
    requests[request->opportunity_id()] = *request;
    const auto tenant = context->client_metadata().find("x-crm-tenant");
    tenants.insert(std::string(tenant->second.data(), tenant->second.size()));
    return AnswerOf(open_status);
  }
  grpc::Status AttachLead(grpc::ServerContext*, const opportunity::v1::AttachLeadRequest* request,
                          opportunity::v1::AttachLeadResponse*) override {
    absl::MutexLock lock(&mutex);
    attachments[request->name()] = *request;
    return AnswerOf(open_status);
  }
  grpc::Status GetOpportunity(grpc::ServerContext*,
                              const opportunity::v1::GetOpportunityRequest* request,
                              opportunity::v1::GetOpportunityResponse* response) override {
    absl::MutexLock lock(&mutex);
    if (!get_status.ok()) return AnswerOf(get_status);
    response->mutable_opportunity()->set_name(request->name());
    response->mutable_opportunity()->set_lead(stored_lead);
    return grpc::Status::OK;
  }

  absl::Mutex mutex;
  absl::Status open_status;
  absl::Status get_status;
  std::string stored_lead;
  std::map<std::string, opportunity::v1::OpenOpportunityRequest> requests;
  std::map<std::string, opportunity::v1::AttachLeadRequest> attachments;
  std::set<std::string> tenants;
};

class NeighboursTest : public ::testing::Test {
 protected:
  NeighboursTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&opportunities_);
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  }
  ~NeighboursTest() override { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  static OpportunityOrder Order(uint64_t n = 1) {
    Lead lead = testing::LeadIn(LeadState::kConverting);
    lead.id = IdOf(n);
    lead.conversion = testing::AConversion(100 + n);
    lead.conversion->effective_time = kStart;
    lead.conversion->plan.amount = base::Money{"USD", 7};
    lead.buying_role = BuyingRole::kDecisionMaker;
    lead.interests = {"GTX Pro"};
    lead.external_id = "deal-1";
    lead.attributes = {{"region", "north"}};
    Assessment need;
    need.criterion = Criterion::kNeed;
    need.finding = Finding::kMet;
    need.observation = "forty presses";
    lead.assessments = {need};
    OpportunityOrder order = OrderFor(lead);
    order.deadline = absl::Now() + absl::Seconds(10);
    return order;
  }

  OpeningReply Open(const OpportunityOrder& order) {
    GrpcOpportunityOpener opener(channel_);
    OpeningReply reply;
    opener.Open(absl::MakeConstSpan(&order, 1), absl::MakeSpan(&reply, 1));
    return reply;
  }

  OpeningReply Find(const OpportunityOrder& order) {
    GrpcOpportunityOpener opener(channel_);
    OpeningReply reply;
    opener.Find(absl::MakeConstSpan(&order, 1), absl::MakeSpan(&reply, 1));
    return reply;
  }

  static absl::Status Failure(absl::StatusCode code, const char* reason) {
    return error::Error(code, reason, "scripted");
  }

  ScriptedOpportunities opportunities_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(NeighboursTest, AnOrderCarriesAllThatTheLeadKnows) {
  const OpportunityOrder order = Order();
  EXPECT_EQ(Open(order).opening, Opening::kOpened);
  const auto& request = opportunities_.requests.at(order.opportunity.ToString());
  EXPECT_EQ(request.request_id(), order.request_id.ToString());
  EXPECT_EQ(request.opportunity().lead(), LeadName(IdOf(1)));
  EXPECT_EQ(request.opportunity().owner(), "agent");
  EXPECT_EQ(request.opportunity().amount().amount_minor(), 7);
  EXPECT_EQ(request.opportunity().interests(0), "GTX Pro");
  EXPECT_EQ(request.opportunity().external_id(), "deal-1");
  EXPECT_EQ(request.opportunity().attributes().at("region"), "north");
  ASSERT_EQ(request.opportunity().needs_size(), 1);
  EXPECT_EQ(request.opportunity().needs(0).text(), "forty presses");
  EXPECT_FALSE(request.opportunity().needs(0).has_confirm_time());
  ASSERT_EQ(request.opportunity().contact_roles_size(), 1);
  EXPECT_EQ(request.opportunity().contact_roles(0).role(), type::v1::BUYING_ROLE_DECISION_MAKER);
  EXPECT_TRUE(request.opportunity().contact_roles(0).primary());
  EXPECT_EQ(request.effective_time().seconds(), absl::ToUnixSeconds(kStart));
  EXPECT_EQ(opportunities_.tenants, std::set<std::string>{"acme"});
}

TEST_F(NeighboursTest, AnOrderForAnOpportunityThatIsThereIsToAttach) {
  std::vector<OpportunityOrder> orders = {Order(1), Order(2)};
  orders[0].plan.opportunity = orders[0].opportunity;
  orders[0].plan.organization = IdOf(9);
  std::vector<OpeningReply> replies(orders.size());
  GrpcOpportunityOpener(channel_).Open(orders, absl::MakeSpan(replies));
  for (const OpeningReply& reply : replies) EXPECT_EQ(reply.opening, Opening::kOpened);
  EXPECT_EQ(opportunities_.requests.size(), 1u);
  const auto& request = opportunities_.attachments.at(OpportunityName(orders[0].opportunity));
  EXPECT_EQ(request.request_id(), orders[0].request_id.ToString());
  EXPECT_EQ(request.organization(), "contacts/" + IdOf(9).ToString());
  EXPECT_EQ(request.opportunity().lead(), LeadName(IdOf(1)));
  EXPECT_EQ(request.opportunity().needs(0).text(), "forty presses");
  EXPECT_FALSE(request.validate_only());
  opportunities_.open_status = Failure(absl::StatusCode::kFailedPrecondition, "OTHER_LEAD");
  EXPECT_EQ(Open(orders[0]).opening, Opening::kRefused);
  EXPECT_EQ(Open(orders[0]).reason, "OTHER_LEAD");
  opportunities_.stored_lead = "";
  EXPECT_EQ(Find(orders[0]).opening, Opening::kRefused) << "it is not attached";
}

TEST_F(NeighboursTest, ManyOrdersAreAnsweredEachOnItsOwn) {
  std::vector<OpportunityOrder> orders;
  for (uint64_t n = 1; n <= 40; ++n) orders.push_back(Order(n));
  std::vector<OpeningReply> replies(orders.size());
  GrpcOpportunityOpener(channel_).Open(orders, absl::MakeSpan(replies));
  for (const OpeningReply& reply : replies) EXPECT_EQ(reply.opening, Opening::kOpened);
  EXPECT_EQ(opportunities_.requests.size(), 40u);
}

TEST_F(NeighboursTest, EveryKindOfAnswerIsUnderstood) {
  struct Case {
    absl::StatusCode code;
    const char* reason;
    Opening opening;
  };
  const Case cases[] = {
      {absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", Opening::kUnknown},
      {absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED", Opening::kUnknown},
      {absl::StatusCode::kResourceExhausted, "OVERLOADED", Opening::kUnknown},
      {absl::StatusCode::kInternal, "INTERNAL_ERROR", Opening::kFaulty},
      {absl::StatusCode::kUnimplemented, "UNKNOWN_METHOD", Opening::kFaulty},
      {absl::StatusCode::kPermissionDenied, "DENIED", Opening::kFaulty},
      {absl::StatusCode::kUnauthenticated, "NOBODY", Opening::kFaulty},
      {absl::StatusCode::kDataLoss, "DATA_DAMAGED", Opening::kFaulty},
      {absl::StatusCode::kAborted, "WRITE_CONFLICT", Opening::kUnknown},
      {absl::StatusCode::kInvalidArgument, "EFFECTIVE_TIME_INVALID", Opening::kFaulty},
      {absl::StatusCode::kAlreadyExists, "DUPLICATE_ID", Opening::kRefused},
      {absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED", Opening::kRefused},
      {absl::StatusCode::kInvalidArgument, "FIELD_INVALID", Opening::kRefused},
      {absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND", Opening::kRefused},
      {absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", Opening::kRefused},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.reason);
    opportunities_.open_status = Failure(c.code, c.reason);
    const OpeningReply reply = Open(Order());
    EXPECT_EQ(reply.opening, c.opening);
    EXPECT_EQ(reply.reason, c.reason);
  }
}

TEST_F(NeighboursTest, ARefusalThatIsNotTheServicesOwnIsAFault) {
  for (const absl::Status& status :
       {absl::NotFoundError("no route to that service"), absl::UnknownError("no status at all")}) {
    opportunities_.open_status = status;
    const OpeningReply reply = Open(Order());
    EXPECT_EQ(reply.opening, Opening::kFaulty);
    EXPECT_EQ(reply.reason, absl::StatusCodeToString(status.code()));
  }
}

TEST_F(NeighboursTest, AnOpportunityIsThereOnlyForItsLead) {
  opportunities_.stored_lead = LeadName(IdOf(1));
  EXPECT_EQ(Find(Order()).opening, Opening::kOpened);
  opportunities_.stored_lead = LeadName(IdOf(2));
  EXPECT_EQ(Find(Order()).opening, Opening::kRefused);
}

TEST_F(NeighboursTest, OnlyTheServiceItselfCanSayThatThereIsNone) {
  const std::pair<absl::Status, Opening> cases[] = {
      {Failure(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"), Opening::kRefused},
      {absl::NotFoundError("no route to that service"), Opening::kFaulty},
      {Failure(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"), Opening::kFaulty},
      {Failure(absl::StatusCode::kPermissionDenied, "DENIED"), Opening::kFaulty},
      {Failure(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"), Opening::kUnknown}};
  for (const auto& [status, opening] : cases) {
    opportunities_.get_status = status;
    EXPECT_EQ(Find(Order()).opening, opening) << status;
  }
}

TEST_F(NeighboursTest, AnUnreachableServiceIsUnknownNotRefused) {
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  const OpeningReply reply = Open(Order());
  EXPECT_EQ(reply.opening, Opening::kUnknown);
  EXPECT_EQ(reply.reason, "UNAVAILABLE");
}

}  // namespace
}  // namespace crm::lead
