#include <set>

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

class ListLeadsTest : public LeadServiceTest {
 protected:
  std::vector<std::string> Names(const std::string& filter) {
    v1::ListLeadsRequest request;
    request.set_filter(filter);
    const auto page = Call(&Stub::ListLeads, request);
    EXPECT_TRUE(page.ok()) << filter << " " << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const v1::Lead& lead : page->leads()) names.push_back(lead.name());
    }
    return names;
  }
};

TEST_F(ListLeadsTest, FiltersByEveryField) {
  v1::CreateLeadRequest request = CreateRequest();
  request.mutable_lead()->set_external_id("deal 7");
  request.mutable_lead()->set_owner("anna");
  const v1::Lead anna = Create(request);
  const v1::Lead other = Working();
  EXPECT_THAT(Names(""), ElementsAre(anna.name(), other.name()));
  EXPECT_THAT(Names("state = WORKING"), ElementsAre(other.name()));
  EXPECT_THAT(Names("owner = anna"), ElementsAre(anna.name()));
  EXPECT_THAT(Names("contact = " + other.contact()), ElementsAre(other.name()));
  EXPECT_THAT(Names("contact = nobody"), ElementsAre());
  EXPECT_THAT(Names("source = WEB AND state = NEW"), ElementsAre(anna.name()));
  EXPECT_THAT(Names("external_id = \"deal 7\""), ElementsAre(anna.name()));
  EXPECT_THAT(Names("create_time >= 2999-01-01T00:00:00Z"), ElementsAre());
  EXPECT_THAT(Names("create_time <= 2999-01-01T00:00:00Z").size(), 2u);
}

TEST_F(ListLeadsTest, PagesWithoutHoleOrRepeat) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.push_back(Create().name());
  v1::ListLeadsRequest request;
  request.set_page_size(3);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = Call(&Stub::ListLeads, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Lead& lead : page->leads()) seen.push_back(lead.name());
    request.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(seen, made);
  EXPECT_EQ(request.page_token(), "");
  request.set_order_by("create_time desc");
  request.set_page_size(2000);
  const auto backwards = Call(&Stub::ListLeads, request);
  ASSERT_EQ(backwards->leads_size(), 7);
  EXPECT_EQ(backwards->leads(0).name(), made[6]);
}

TEST_F(ListLeadsTest, RefusesWhatItDoesNotKnow) {
  v1::ListLeadsRequest request;
  request.set_filter("colour = red");
  EXPECT_EQ(Outcome(Call(&Stub::ListLeads, request)), "INVALID_ARGUMENT FILTER_INVALID");
  request.set_filter("state = ASLEEP");
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "FILTER_INVALID");
  request.set_filter("");
  request.set_order_by("owner");
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "FILTER_INVALID");
  request.set_order_by("");
  request.set_page_token("nonsense");
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "PAGE_TOKEN_INVALID");
  request.set_page_token("");
  request.set_page_size(-1);
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "FIELD_INVALID");
}

TEST_F(ListLeadsTest, BatchGetKeepsTheOrderAndNamesTheMissing) {
  const std::string first = Create().name();
  const std::string second = Create().name();
  const std::string unknown = "leads/" + NewUuid();
  v1::BatchGetLeadsRequest request;
  for (const std::string& name : {second, unknown, first}) request.add_names(name);
  const auto found = Call(&Stub::BatchGetLeads, request);
  ASSERT_EQ(found->leads_size(), 2);
  EXPECT_EQ(found->leads(0).name(), second);
  EXPECT_EQ(found->leads(1).name(), first);
  EXPECT_THAT(found->missing_names(), ElementsAre(unknown));
}

}  // namespace
}  // namespace crm::lead::testing
