// DeleteLead and UndeleteLead, and what people keep with leads.

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class DeletingLeads : public LeadServiceTest {
 protected:
  absl::StatusOr<v1::DeleteLeadResponse> Delete(const std::string& name,
                                                const std::string& request_id = "") {
    v1::DeleteLeadRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    return Call(&Stub::DeleteLead, request);
  }
  absl::StatusOr<v1::UndeleteLeadResponse> Undelete(const std::string& name) {
    v1::UndeleteLeadRequest request;
    request.set_name(name);
    return Call(&Stub::UndeleteLead, request);
  }
  std::vector<std::string> Listed(bool show_deleted) {
    v1::ListLeadsRequest request;
    request.set_show_deleted(show_deleted);
    std::vector<std::string> names;
    const auto page = Call(&Stub::ListLeads, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return names;
    for (const v1::Lead& lead : page->leads()) names.push_back(lead.name());
    return names;
  }
  v1::Lead WithExternalId(const std::string& id) {
    v1::CreateLeadRequest request = CreateRequest();
    request.mutable_lead()->set_external_id(id);
    return Create(request);
  }
};

TEST_F(DeletingLeads, HidesItFromListsAndGivesItUp) {
  const std::string kept = Create().name();
  const std::string gone = Working().name();
  const auto deleted = Delete(gone);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->lead().state(), v1::LEAD_STATE_DISQUALIFIED);
  EXPECT_EQ(deleted->lead().disqualify_reason(), v1::DISQUALIFY_REASON_OTHER);
  EXPECT_EQ(History(gone), "NEW,WORKING,DISQUALIFIED");
  EXPECT_THAT(Listed(false), ElementsAre(kept));
  EXPECT_THAT(Listed(true), UnorderedElementsAre(kept, gone));
  EXPECT_EQ(Get(gone).delete_time().seconds(), deleted->lead().delete_time().seconds());
  EXPECT_TRUE(Get(gone).has_delete_time());
}

TEST_F(DeletingLeads, NothingButUndeleteChangesIt) {
  const std::string name = Working().name();
  ASSERT_TRUE(Delete(name).ok());
  EXPECT_EQ(Reason(Delete(name)), "STATE_INVALID");
  const auto logged = Log(name, v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_INBOUND);
  EXPECT_EQ(Reason(logged), "STATE_INVALID");
  v1::ReopenLeadRequest reopen;
  reopen.set_name(name);
  reopen.set_reason("back");
  EXPECT_EQ(Reason(Call(&Stub::ReopenLead, reopen)), "STATE_INVALID");
  const auto undeleted = Undelete(name);
  ASSERT_TRUE(undeleted.ok()) << undeleted.status();
  EXPECT_FALSE(undeleted->lead().has_delete_time());
  EXPECT_EQ(Reason(Undelete(name)), "STATE_INVALID");
  EXPECT_EQ(Call(&Stub::ReopenLead, reopen)->lead().state(), v1::LEAD_STATE_WORKING);
}

TEST_F(DeletingLeads, IsRefusedOnceQualified) {
  EXPECT_EQ(Reason(Delete(Qualified().name())), "STATE_INVALID");
}

TEST_F(DeletingLeads, AFreedExternalIdMayBeTakenAndThenNotClaimedBack) {
  const std::string first = WithExternalId("deal-1").name();
  v1::CreateLeadRequest again = CreateRequest();
  again.mutable_lead()->set_external_id("deal-1");
  EXPECT_EQ(Reason(Call(&Stub::CreateLead, again)), "DUPLICATE_ID");
  ASSERT_TRUE(Delete(first).ok());
  const std::string second = WithExternalId("deal-1").name();
  EXPECT_EQ(Reason(Undelete(first)), "DUPLICATE_ID");
  ASSERT_TRUE(Delete(second).ok());
  EXPECT_TRUE(Undelete(first).ok());
  EXPECT_EQ(Get(first).external_id(), "deal-1");
}

TEST_F(DeletingLeads, AnswersARepeatedRequestAgain) {
  const std::string name = Create().name();
  const std::string id = NewUuid();
  const auto first = Delete(name, id);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Delete(name, id);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
}

TEST_F(DeletingLeads, UpdatesKeepWhatPeopleKeepAndTellIt) {
  const v1::Lead lead = Working();
  v1::UpdateLeadRequest request;
  request.mutable_lead()->set_name(lead.name());
  request.mutable_lead()->mutable_next_step()->set_text("Call them");
  request.mutable_lead()->mutable_next_step()->mutable_due_date()->set_year(2026);
  request.mutable_lead()->mutable_next_step()->mutable_due_date()->set_month(3);
  request.mutable_lead()->mutable_next_step()->mutable_due_date()->set_day(1);
  (*request.mutable_lead()->mutable_attributes())["region"] = "north";
  request.mutable_lead()->set_organization("contacts/" + NewUuid());
  const auto updated = Call(&Stub::UpdateLead, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->lead().SerializeAsString(), Get(lead.name()).SerializeAsString());
  EXPECT_EQ(updated->lead().next_step().due_date().month(), 3);
  EXPECT_EQ(updated->lead().attributes().at("region"), "north");
  EXPECT_EQ(updated->lead().organization(), request.lead().organization());
  EXPECT_EQ(updated->lead().owner(), lead.owner());
  v1::ListRevisionsRequest revisions;
  revisions.set_name(lead.name());
  const auto told = Call(&Stub::ListRevisions, revisions);
  ASSERT_TRUE(told.ok()) << told.status();
  std::vector<std::string> fields;
  for (const auto& change : told->revisions(told->revisions_size() - 1).changes()) {
    fields.push_back(change.field());
  }
  EXPECT_THAT(fields, ElementsAre("organization", "next_step", "attributes"));
  for (const char* const field : {"next_step", "attributes", "organization"}) {
    request.mutable_update_mask()->add_paths(field);
  }
  request.mutable_lead()->clear_next_step();
  request.mutable_lead()->clear_attributes();
  request.mutable_lead()->clear_organization();
  const auto cleared = Call(&Stub::UpdateLead, request);
  ASSERT_TRUE(cleared.ok()) << cleared.status();
  EXPECT_FALSE(cleared->lead().has_next_step());
  EXPECT_TRUE(cleared->lead().attributes().empty());
  EXPECT_EQ(cleared->lead().organization(), "");
}

TEST_F(DeletingLeads, TheFirstResponseIsTimedFromWhenTheLeadCameIn) {
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  v1::CreateLeadRequest request = CreateRequest();
  rpc::SetTime(start, request.mutable_effective_time());
  const std::string name = Create(request).name();
  v1::LogActivityRequest log;
  log.set_name(name);
  log.mutable_activity()->set_type(v1::ACTIVITY_TYPE_EMAIL);
  log.mutable_activity()->set_direction(v1::ACTIVITY_DIRECTION_INBOUND);
  rpc::SetTime(start + absl::Hours(1), log.mutable_activity()->mutable_occur_time());
  EXPECT_FALSE(Call(&Stub::LogActivity, log)->lead().has_response_duration());
  log.mutable_activity()->set_direction(v1::ACTIVITY_DIRECTION_OUTBOUND);
  rpc::SetTime(start + absl::Hours(2), log.mutable_activity()->mutable_occur_time());
  EXPECT_EQ(Call(&Stub::LogActivity, log)->lead().response_duration().seconds(), 7200);
  EXPECT_EQ(Get(name).open_time().seconds(), 1'700'000'000);
}

}  // namespace
}  // namespace crm::lead::testing
