#include "services/opportunity/domain/opportunity_clone.h"

#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

// A won opportunity with every fact.
Opportunity Source() {
  Opportunity it = Ready("proposal");
  for (const OpportunityEdit& edit : EveryEdit()) {
    OpportunityEdit rest = edit;
    rest.needs.reset();
    rest.contact_roles.reset();
    EXPECT_TRUE(Edit(it, rest, DefaultPipeline()).ok());
  }
  EXPECT_TRUE(Win(it, DefaultPipeline(), On(2), std::nullopt, "imported").ok());
  it.stage_changes.clear();
  return it;
}

TEST(Clone, TakesOverWhatARenewalNeedsAndNothingElse) {
  const Opportunity source = Source();
  Opportunity expected;
  expected.tenant = source.tenant;
  expected.cloned_from = source.id;
  expected.pipeline = source.pipeline;
  expected.display_name = source.display_name;
  expected.contact = source.contact;
  expected.owner = source.owner;
  expected.team = source.team;
  expected.amount = source.amount;
  expected.line_items = source.line_items;
  expected.attributes = source.attributes;
  expected.contact_roles = source.contact_roles;
  expected.interests = source.interests;
  EXPECT_EQ(CloneOf(source, {}), expected);
  for (const bool left_empty :
       {expected.owner.empty(), expected.team.empty(), expected.line_items.empty(),
        expected.attributes.empty(), expected.contact_roles.empty(), expected.interests.empty()}) {
    EXPECT_FALSE(left_empty) << "or nothing was copied";
  }
}

TEST(Clone, TakesOverWhatIsNamedAlone) {
  const Opportunity source = Source();
  const Opportunity bare = CloneOf(source, std::vector<std::string>{"owner"});
  for (const absl::string_view fact : ClonedFacts()) {
    const Opportunity clone = CloneOf(source, std::vector<std::string>{std::string(fact)});
    EXPECT_EQ(clone.owner.empty(), fact != "owner");
    EXPECT_EQ(clone.team.empty(), fact != "team");
    EXPECT_EQ(clone.line_items.empty(), fact != "line_items");
    EXPECT_EQ(clone.amount.has_value(), fact == "amount" || fact == "line_items");
    EXPECT_EQ(clone.attributes.empty(), fact != "attributes");
    EXPECT_EQ(clone.contact_roles.empty(), fact != "contact_roles");
    EXPECT_EQ(clone.interests.empty(), fact != "interests");
  }
  EXPECT_EQ(bare.contact, source.contact);
  EXPECT_EQ(bare.cloned_from, source.id);
}

TEST(Clone, BeginsInTheFirstStage) {
  Opportunity clone = CloneOf(Source(), {});
  clone.id = Id(77);
  ASSERT_TRUE(Open(clone, DefaultPipeline(), On(9)).ok());
  EXPECT_EQ(clone.stage, "discovery");
  EXPECT_EQ(clone.probability, 20);
  EXPECT_EQ(clone.stage_changes.size(), 1u);
}

}  // namespace
}  // namespace crm::opportunity::testing
