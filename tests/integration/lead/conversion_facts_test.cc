// What the neighbours are asked before a conversion is planned.

#include "services/lead/clients/grpc_conversion_facts.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/rpc/status_bridge.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

const base::Deadline kPlanPatience = base::Deadline::After(absl::Minutes(1));

class PlannedContacts final : public contact::v1::ContactService::Service {
 public:
  grpc::Status GetContact(grpc::ServerContext*, const contact::v1::GetContactRequest*,
                          contact::v1::GetContactResponse* response) override {
    *response->mutable_contact() = contact;
    return rpc::ToGrpcStatus(status, "crm.contact.v1");
  }
  contact::v1::Contact contact;
  absl::Status status;
};

class PlannedPipelines final : public opportunity::v1::PipelineService::Service {
 public:
  grpc::Status GetPipeline(grpc::ServerContext*, const opportunity::v1::GetPipelineRequest* request,
                           opportunity::v1::GetPipelineResponse* response) override {
    asked = request->name();
    *response->mutable_pipeline() = pipeline;
    return rpc::ToGrpcStatus(status, "crm.opportunity.v1");
  }
  opportunity::v1::Pipeline pipeline;
  absl::Status status;
  std::string asked;
};

class PlannedOpportunities final : public opportunity::v1::OpportunityService::Service {
 public:
  grpc::Status GetOpportunity(grpc::ServerContext*, const opportunity::v1::GetOpportunityRequest*,
                              opportunity::v1::GetOpportunityResponse* response) override {
    *response->mutable_opportunity() = before;
    return rpc::ToGrpcStatus(get_status, "crm.opportunity.v1");
  }
  grpc::Status AttachLead(grpc::ServerContext*, const opportunity::v1::AttachLeadRequest* request,
                          opportunity::v1::AttachLeadResponse* response) override {
    asked = *request;
    *response->mutable_opportunity() = after;
    return rpc::ToGrpcStatus(attach_status, "crm.opportunity.v1");
  }
  opportunity::v1::Opportunity before;
  opportunity::v1::Opportunity after;
  absl::Status get_status;
  absl::Status attach_status;
  opportunity::v1::AttachLeadRequest asked;
};

class ConversionFactsTest : public ::testing::Test {
 protected:
  ConversionFactsTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&contacts_);
    builder.RegisterService(&pipelines_);
    builder.RegisterService(&opportunities_);
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
    contacts_.contact.set_etag("3");
    pipelines_.pipeline.set_etag("7");
  }
  ~ConversionFactsTest() override { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  absl::StatusOr<ConversionFacts> Find() {
    GrpcConversionFacts facts(channel_, channel_);
    return facts.Find("acme", testing::IdOf(2), "pipelines/renewals", kPlanPatience);
  }

  absl::StatusOr<AttachmentOutlook> FindAttachment() {
    Lead lead = testing::LeadIn(LeadState::kConverting);
    lead.conversion = testing::AConversion(1);
    lead.conversion->plan.opportunity = testing::IdOf(3);
    OpportunityOrder order = OrderFor(lead);
    order.deadline = kPlanPatience;
    return GrpcConversionFacts(channel_, channel_).FindAttachment(order);
  }

  PlannedContacts contacts_;
  PlannedOpportunities opportunities_;
  PlannedPipelines pipelines_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ConversionFactsTest, TheOrganizationIsThePersonsOrTheContactItself) {
  contacts_.contact.set_name("contacts/1");
  contacts_.contact.mutable_person();
  contacts_.contact.add_employments()->set_organization("contacts/2");
  contacts_.contact.mutable_employments(0)->set_primary(true);
  EXPECT_EQ(Find()->organization, "contacts/2");
  EXPECT_EQ(Find()->pipeline_etag, "7");
  EXPECT_FALSE(Find()->pipeline_archived);
  EXPECT_EQ(pipelines_.asked, "pipelines/renewals");
  contacts_.contact.mutable_organization();
  EXPECT_EQ(Find()->organization, "contacts/1");
}

TEST_F(ConversionFactsTest, EveryChangeOfAContactIsAnotherVersionButThatOfItsStage) {
  const std::string first = Find()->contact_version;
  EXPECT_NE(first, "");
  contacts_.contact.set_etag("4");
  contacts_.contact.set_stage(contact::v1::LIFECYCLE_STAGE_LEAD);
  contacts_.contact.set_stage_version(9);
  contacts_.contact.set_revision(12);
  contacts_.contact.mutable_update_time()->set_seconds(9);
  EXPECT_EQ(Find()->contact_version, first);
  contacts_.contact.set_owner("b");
  EXPECT_NE(Find()->contact_version, first);
}

TEST_F(ConversionFactsTest, WhatIsDeletedArchivedOrMissingIsTold) {
  contacts_.contact.mutable_delete_time()->set_seconds(1);
  pipelines_.pipeline.mutable_archive_time()->set_seconds(1);
  EXPECT_EQ(*Find(), (ConversionFacts{"", "", "7", true, {}}));
  contacts_.status = error::NotFound("contacts/1");
  pipelines_.status = error::NotFound("pipelines/renewals");
  EXPECT_EQ(*Find(), (ConversionFacts{}));
}

TEST_F(ConversionFactsTest, AnAttachmentIsTriedAndWhatItFillsIsTold) {
  opportunities_.before.set_etag("4");
  opportunities_.before.set_owner("agent");
  opportunities_.before.add_interests("ink");
  opportunities_.after = opportunities_.before;
  opportunities_.after.set_lead("leads/1");
  opportunities_.after.mutable_amount()->set_currency_code("USD");
  opportunities_.after.mutable_amount()->set_amount_minor(7);
  const auto outlook = FindAttachment();
  ASSERT_TRUE(outlook.ok()) << outlook.status();
  EXPECT_EQ(*outlook, (AttachmentOutlook{absl::OkStatus(),
                                         "4",
                                         {{"lead", "leads/1", FieldOrigin::kLead},
                                          {"owner", "agent", FieldOrigin::kOpportunity},
                                          {"amount", "7 USD", FieldOrigin::kLead},
                                          {"interests", "ink", FieldOrigin::kOpportunity}}}));
  EXPECT_TRUE(opportunities_.asked.validate_only());
  EXPECT_EQ(opportunities_.asked.request_id(), "");
}

TEST_F(ConversionFactsTest, AnAttachmentThatIsRefusedIsNoFault) {
  opportunities_.before.set_etag("4");
  opportunities_.attach_status =
      error::Error(absl::StatusCode::kFailedPrecondition, "OTHER_LEAD", "scripted");
  EXPECT_EQ(error::ReasonOf(FindAttachment()->refusal), "OTHER_LEAD");
  EXPECT_EQ(FindAttachment()->etag, "4");
  opportunities_.get_status = opportunities_.attach_status = error::NotFound("opportunities/1");
  EXPECT_EQ(error::ReasonOf(FindAttachment()->refusal), error::kResourceNotFound);
  opportunities_.attach_status =
      error::Error(absl::StatusCode::kInternal, "INTERNAL_ERROR", "scripted");
  EXPECT_EQ(error::ReasonOf(FindAttachment().status()), error::kNeighbourUnavailable);
}

TEST_F(ConversionFactsTest, WhoCannotBeAskedIsAwayAndNotWithoutTheThing) {
  contacts_.status = error::Error(absl::StatusCode::kInternal, "INTERNAL_ERROR", "scripted");
  EXPECT_EQ(error::ReasonOf(Find().status()), error::kNeighbourUnavailable);
  contacts_.status = absl::OkStatus();
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  EXPECT_EQ(error::ReasonOf(Find().status()), error::kNeighbourUnavailable);
}

}  // namespace
}  // namespace crm::lead
