// Opportunities are opened for contacts that there are, and for each lead once.

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "common/error/error.h"
#include "common/neighbours/grpc_contact_directory.h"
#include "common/rpc/channel.h"
#include "tests/integration/opportunity/fixture.h"
#include "tests/support/silent_server.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;

class OpeningForContact : public OpportunityServiceTest {
 protected:
  ~OpeningForContact() override {
    Service().contacts().SetAway(false);
    Service().contacts().Ask(nullptr);
  }

  static base::Uuid ContactOf(const v1::OpenOpportunityRequest& request) {
    return *base::Uuid::Parse(request.opportunity().contact().substr(9));
  }
};

TEST_F(OpeningForContact, NeedsAnExistingContact) {
  v1::OpenOpportunityRequest request = OpenRequest();
  Service().contacts().SetMissing(ContactOf(request));
  const auto refused = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_THAT(Fields(refused.status()), ElementsAre("opportunity.contact"));
  EXPECT_EQ(Metadata(refused.status(), "resource"), request.opportunity().contact());
  Service().contacts().SetMissing(ContactOf(request), false);
  EXPECT_TRUE(Call(&Stub::OpenOpportunity, request).ok());
}

TEST_F(OpeningForContact, ARetryGetsItsFirstAnswerWhateverBecameOfTheContact) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_request_id(NewUuid());
  const v1::Opportunity opened = Open(request);
  Service().contacts().SetMissing(ContactOf(request));
  EXPECT_EQ(Open(request).name(), opened.name());
  Service().contacts().SetAway(true);
  EXPECT_EQ(Open(request).name(), opened.name());
  request.mutable_opportunity()->set_owner("agent-8");
  EXPECT_EQ(Reason(Call(&Stub::OpenOpportunity, request)), "REQUEST_ID_REUSED");
}

TEST_F(OpeningForContact, WhileTheContactServiceIsAwayAllElseGoesOn) {
  const v1::Opportunity opened = Open();
  Service().contacts().SetAway(true);
  const auto away = Call(&Stub::OpenOpportunity, OpenRequest());
  EXPECT_EQ(Outcome(away), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_TRUE(error::DetailsOf(away.status())->retry_after.has_value());
  EXPECT_EQ(Move(opened.name(), "proposal").stage(), "proposal");
  EXPECT_EQ(Get(opened.name()).stage(), "proposal");
}

TEST_F(OpeningForContact, ASilentContactServiceDelaysNoCallThatDoesNotAskIt) {
  const v1::Opportunity opened = Open();
  const ::crm::testing::SilentServer silent;
  neighbours::GrpcContactDirectory contacts(
      rpc::MakeChannel({.target = absl::StrCat("127.0.0.1:", silent.port())}).value(),
      "crm-opportunity");
  Service().contacts().Ask(&contacts);
  std::vector<std::future<std::string>> openings;
  for (int i = 0; i < 2; ++i) {  // as many as the lane has workers
    openings.push_back(std::async(std::launch::async, [this] {
      return Outcome(Call(&Stub::OpenOpportunity, OpenRequest()));
    }));
  }
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(opened.name());
  for (int i = 0; i < 10; ++i) {
    update.mutable_opportunity()->set_owner(absl::StrCat("agent-", i));
    EXPECT_EQ(Outcome(Call(&Stub::UpdateOpportunity, update)), "OK");
  }
  EXPECT_EQ(Get(opened.name()).owner(), "agent-9");
  EXPECT_EQ(openings[0].wait_for(std::chrono::seconds(0)), std::future_status::timeout)
      << "they were meant to wait meanwhile";
  for (auto& opening : openings) EXPECT_EQ(opening.get(), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
}

TEST_F(OpeningForContact, ALeadHasAtMostOneOpportunity) {
  v1::OpenOpportunityRequest request = OpenRequest();
  const v1::Opportunity opened = Open(request);
  const auto second = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(second), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(second.status(), "field"), "lead");
  EXPECT_EQ(Metadata(second.status(), "existing"), opened.name());
  EXPECT_EQ(Metadata(second.status(), "lead"), opened.lead());
  EXPECT_TRUE(Call(&Stub::OpenOpportunity, request, "another").ok());
  request.mutable_opportunity()->clear_lead();
  Open(request);
  Open(request);
}

TEST_F(OpeningForContact, Fault01_OfManyAtOnceForOneLeadOneIsOpened) {
  const v1::OpenOpportunityRequest request = OpenRequest();
  std::atomic<int> opened{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto answer = Call(&Stub::OpenOpportunity, request);
      if (answer.ok()) {
        ++opened;
      } else {
        EXPECT_EQ(Metadata(answer.status(), "field"), "lead") << answer.status();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(opened, 1);
}

}  // namespace
}  // namespace crm::opportunity::testing
