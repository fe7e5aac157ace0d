// Leads that are attached to opportunities: stored, repeatable, and one to one.

#include <atomic>
#include <thread>
#include <vector>

#include "common/error/refusals.h"
#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

class Attaching : public OpportunityServiceTest {
 protected:
  v1::Opportunity Unattached() {
    v1::OpenOpportunityRequest request = OpenRequest();
    request.mutable_opportunity()->clear_lead();
    return Open(request);
  }

  static v1::AttachLeadRequest AttachRequest(const v1::Opportunity& to) {
    v1::AttachLeadRequest request;
    request.set_name(to.name());
    request.mutable_opportunity()->set_lead("leads/" + NewUuid());
    request.mutable_opportunity()->set_contact(to.contact());
    request.mutable_opportunity()->add_needs()->set_text("paper");
    request.mutable_opportunity()->set_owner("agent-9");
    request.mutable_opportunity()->set_lead_source(type::v1::LEAD_SOURCE_ADVERT);
    return request;
  }

  ~Attaching() override { Service().leads().SetAll(absl::OkStatus()); }

  static base::Uuid LeadOf(const v1::AttachLeadRequest& request) {
    return *base::Uuid::Parse(request.opportunity().lead().substr(6));
  }

  std::string Attach(const v1::AttachLeadRequest& request, const std::string& tenant = "") {
    return Outcome(Call(&Stub::AttachLead, request, tenant));
  }
};

TEST_F(Attaching, IsStoredAndCanBeRepeatedForEver) {
  const v1::Opportunity opened = Unattached();
  v1::AttachLeadRequest request = AttachRequest(opened);
  request.set_request_id(NewUuid());
  const auto attached = Call(&Stub::AttachLead, request);
  ASSERT_TRUE(attached.ok()) << attached.status();
  const v1::Opportunity stored = Get(opened.name());
  EXPECT_EQ(stored.SerializeAsString(), attached->opportunity().SerializeAsString());
  EXPECT_EQ(stored.lead(), request.opportunity().lead());
  EXPECT_EQ(stored.needs(0).text(), "paper");
  EXPECT_EQ(stored.owner(), opened.owner());
  EXPECT_EQ(stored.lead_source(), type::v1::LEAD_SOURCE_ADVERT);
  EXPECT_EQ(stored.stage_version(), 1) << "no move, no event";
  EXPECT_EQ(Attach(request), "OK");
  request.set_request_id(NewUuid());
  EXPECT_EQ(Attach(request), "OK") << "after the key has expired";
  EXPECT_EQ(Get(opened.name()).etag(), stored.etag()) << "nothing was written";
  v1::LoseOpportunityRequest lose;
  lose.set_name(opened.name());
  lose.set_loss_reason(v1::LOSS_REASON_PRICE);
  ASSERT_TRUE(Call(&Stub::LoseOpportunity, lose).ok());
  request.set_request_id(NewUuid());
  EXPECT_EQ(Attach(request), "OK");
}

TEST_F(Attaching, WhatIsNotThereIsNotFoundAndNothingOfAnotherTenantIsThere) {
  const v1::Opportunity opened = Unattached();
  v1::AttachLeadRequest request = AttachRequest(opened);
  EXPECT_EQ(Attach(request, "stranger"), "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_name("opportunities/" + NewUuid());
  EXPECT_EQ(Attach(request), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Get(opened.name()).etag(), opened.etag());
}

TEST_F(Attaching, ALeadHasOneOpportunityAndAnOpportunityOneLead) {
  const v1::Opportunity first = Unattached();
  const v1::AttachLeadRequest request = AttachRequest(first);
  ASSERT_EQ(Attach(request), "OK");
  const auto rival = Call(&Stub::AttachLead, AttachRequest(first));
  EXPECT_EQ(Outcome(rival), "FAILED_PRECONDITION OTHER_LEAD");
  EXPECT_EQ(Metadata(rival.status(), "lead"), request.opportunity().lead());
  v1::AttachLeadRequest second = AttachRequest(Unattached());
  second.mutable_opportunity()->set_lead(request.opportunity().lead());
  const auto taken = Call(&Stub::AttachLead, second);
  EXPECT_EQ(Outcome(taken), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(taken.status(), "existing"), first.name());
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_opportunity()->set_lead(request.opportunity().lead());
  EXPECT_EQ(Reason(Call(&Stub::OpenOpportunity, open)), "DUPLICATE_ID");
  EXPECT_EQ(Reason(Call(&Stub::AttachLead, AttachRequest(Open()))), "OTHER_LEAD");
}

TEST_F(Attaching, OfManyAtOnceOneLeadGetsIt) {
  const v1::Opportunity opened = Unattached();
  std::atomic<int> won{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto answer = Call(&Stub::AttachLead, AttachRequest(opened));
      if (answer.ok()) {
        ++won;
      } else {
        EXPECT_EQ(Reason(answer), "OTHER_LEAD");
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
}

// One lead, many opportunities, some of them new: whatever comes first has it.
TEST_F(Attaching, OfManyAtOnceForOneLeadOneIsHad) {
  const std::string lead = "leads/" + NewUuid();
  std::vector<v1::AttachLeadRequest> requests;
  for (int i = 0; i < 4; ++i) {
    requests.push_back(AttachRequest(Unattached()));
    requests.back().mutable_opportunity()->set_lead(lead);
  }
  std::atomic<int> won{0};
  const auto count = [&](const auto& answer) {
    if (answer.ok()) {
      ++won;
    } else {
      EXPECT_EQ(Reason(answer), "DUPLICATE_ID");
    }
  };
  std::vector<std::thread> callers;
  for (const v1::AttachLeadRequest& request : requests) {
    callers.emplace_back([&] { count(Call(&Stub::AttachLead, request)); });
    callers.emplace_back([&] {
      v1::OpenOpportunityRequest open = OpenRequest();
      open.mutable_opportunity()->set_lead(lead);
      count(Call(&Stub::OpenOpportunity, open));
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
}

TEST_F(Attaching, CanBeTriedWithoutChangingAnything) {
  const v1::Opportunity opened = Unattached();
  v1::AttachLeadRequest request = AttachRequest(opened);
  request.set_validate_only(true);
  const auto tried = Call(&Stub::AttachLead, request);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->opportunity().lead(), request.opportunity().lead());
  EXPECT_EQ(tried->opportunity().needs_size(), 1);
  EXPECT_EQ(tried->opportunity().etag(), opened.etag());
  EXPECT_EQ(Get(opened.name()).SerializeAsString(), opened.SerializeAsString());
  request.set_etag("999");
  EXPECT_EQ(Attach(request), "ABORTED ETAG_MISMATCH");
  request.set_etag(opened.etag());
  request.mutable_opportunity()->set_contact("contacts/" + NewUuid());
  EXPECT_EQ(Attach(request), "FAILED_PRECONDITION OTHER_CUSTOMER");
  EXPECT_EQ(Attach(request, "stranger"), "NOT_FOUND RESOURCE_NOT_FOUND");
}

TEST_F(Attaching, ALeadMustBeThereAndMustHaveBecomeNothingElse) {
  const v1::Opportunity opened = Unattached();
  v1::AttachLeadRequest request = AttachRequest(opened);
  Service().leads().Set(LeadOf(request), error::NotFound(request.opportunity().lead()));
  for (const bool validate_only : {true, false}) {
    request.set_validate_only(validate_only);
    const auto missing = Call(&Stub::AttachLead, request);
    EXPECT_EQ(Outcome(missing), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
    EXPECT_THAT(Fields(missing.status()), ::testing::ElementsAre("opportunity.lead"));
  }
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_opportunity()->set_lead(request.opportunity().lead());
  EXPECT_EQ(Outcome(Call(&Stub::OpenOpportunity, open)), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  Service().leads().Set(LeadOf(request), error::DuplicateId("lead", "opportunities/1"));
  EXPECT_EQ(Outcome(Call(&Stub::OpenOpportunity, open)), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Attach(request), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Get(opened.name()).etag(), opened.etag());
  Service().leads().Set(LeadOf(request), absl::OkStatus());
  request.set_request_id(NewUuid());
  EXPECT_EQ(Attach(request), "OK");
  Service().leads().Set(LeadOf(request), error::NotFound(request.opportunity().lead()));
  EXPECT_EQ(Attach(request), "OK") << "a retry gets its first answer, whatever became of the lead";
}

TEST_F(Attaching, WhileTheLeadServiceIsAwayOnlyWhatNamesALeadWaits) {
  v1::AttachLeadRequest request = AttachRequest(Unattached());
  Service().leads().SetAll(
      error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1)));
  EXPECT_EQ(Attach(request), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_EQ(Outcome(Call(&Stub::OpenOpportunity, OpenRequest())),
            "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  Unattached();
}

TEST_F(Attaching, TheRevisionTellsWhatWasFilled) {
  const v1::Opportunity opened = Unattached();
  ASSERT_EQ(Attach(AttachRequest(opened)), "OK");
  v1::ListRevisionsRequest list;
  list.set_name(opened.name());
  const auto revisions = Call(&Stub::ListRevisions, list);
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  ASSERT_EQ(revisions->revisions_size(), 2);
  EXPECT_EQ(revisions->revisions(1).method(), "AttachLead");
  EXPECT_EQ(revisions->revisions(1).changes_size(), 3) << revisions->DebugString();
}

}  // namespace
}  // namespace crm::opportunity::testing
