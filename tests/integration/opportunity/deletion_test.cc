// DeleteOpportunity and UndeleteOpportunity.

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Deleting : public OpportunityServiceTest {
 protected:
  absl::StatusOr<v1::DeleteOpportunityResponse> Delete(const std::string& name,
                                                       const std::string& request_id = "") {
    v1::DeleteOpportunityRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    return Call(&Stub::DeleteOpportunity, request);
  }
  absl::StatusOr<v1::UndeleteOpportunityResponse> Undelete(const std::string& name) {
    v1::UndeleteOpportunityRequest request;
    request.set_name(name);
    return Call(&Stub::UndeleteOpportunity, request);
  }
  std::vector<std::string> Listed(const std::string& filter, bool show_deleted) {
    v1::ListOpportunitiesRequest request;
    request.set_filter(filter);
    request.set_show_deleted(show_deleted);
    const auto page = Call(&Stub::ListOpportunities, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const v1::Opportunity& it : page->opportunities()) names.push_back(it.name());
    return names;
  }
  std::string OpenAs(const std::string& external_id) {
    v1::OpenOpportunityRequest request = OpenRequest();
    request.mutable_opportunity()->set_external_id(external_id);
    return Open(request).name();
  }
};

TEST_F(Deleting, LosesItWithItsEventAndHidesItFromLists) {
  const std::string kept = Open().name();
  const std::string name = Open().name();
  const std::string request_id = NewUuid();
  const auto deleted = Delete(name, request_id);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_TRUE(deleted->opportunity().has_delete_time());
  EXPECT_EQ(deleted->opportunity().stage_type(), v1::STAGE_TYPE_LOST);
  const std::vector<v1::StageChange> history = History(name);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].loss_reason(), v1::LOSS_REASON_OTHER);
  EXPECT_EQ(history[1].reason(), "deleted");
  EXPECT_TRUE(Get(name).has_delete_time());
  EXPECT_THAT(Listed("", false), ElementsAre(kept));
  EXPECT_THAT(Listed("", true), UnorderedElementsAre(kept, name));

  EXPECT_EQ(Outcome(Delete(name, request_id)), "OK") << "the first answer again";
  EXPECT_EQ(Outcome(Delete(name)), "FAILED_PRECONDITION STATE_INVALID");
  v1::ReopenOpportunityRequest reopening;
  reopening.set_name(name);
  reopening.set_stage("proposal");
  reopening.set_reason("back");
  EXPECT_EQ(Metadata(Call(&Stub::ReopenOpportunity, reopening).status(), "useMethod"),
            "UndeleteOpportunity");
  const auto back = Undelete(name);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_FALSE(back->opportunity().has_delete_time());
  EXPECT_THAT(Listed("", false), ElementsAre(kept, name));
  EXPECT_EQ(Outcome(Call(&Stub::ReopenOpportunity, reopening)), "OK");
  EXPECT_EQ(Outcome(Undelete(name)), "FAILED_PRECONDITION STATE_INVALID");
}

TEST_F(Deleting, RefusesAWonOne) {
  const std::string name = Win(Open().name()).name();
  EXPECT_EQ(Outcome(Delete(name)), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_FALSE(Get(name).has_delete_time());
}

TEST_F(Deleting, Fault07_FreesTheExternalId) {
  const std::string first = OpenAs("deal-1");
  ASSERT_EQ(Outcome(Delete(first)), "OK");
  const std::string second = OpenAs("deal-1");
  EXPECT_THAT(Listed("external_id = deal-1", false), ElementsAre(second));
  const auto back = Undelete(first);
  EXPECT_EQ(Outcome(back), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(back.status(), "existing"), second);
  ASSERT_EQ(Outcome(Delete(second)), "OK") << "two deleted ones may have it";
  EXPECT_EQ(Outcome(Undelete(first)), "OK");
  EXPECT_THAT(Listed("external_id = deal-1", true), UnorderedElementsAre(first, second));
}

}  // namespace
}  // namespace crm::opportunity::testing
