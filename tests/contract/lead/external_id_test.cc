// External ids that change hands within one batch.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/lead/lead_store.h"

namespace crm::lead {
namespace {

class ExternalIdTest : public LeadStoreTest {
 protected:
  ExternalIdTest() {
    for (uint64_t n = 1; n <= 3; ++n) {
      Lead lead = FullLead();
      lead.id = IdOf(n);
      lead.external_id = std::string(1, static_cast<char>('a' + n - 1));
      EXPECT_TRUE(Create(lead).ok());
    }
  }

  struct Renaming {
    uint64_t lead;
    std::string to;
  };

  // The reasons, "" for success, of a batch of renamings.
  std::vector<std::string> Rename(const std::vector<Renaming>& renamings) {
    std::vector<aggregate::Change<Lead>> changes(renamings.size());
    std::vector<aggregate::Change<Lead>*> items;
    for (size_t i = 0; i < renamings.size(); ++i) {
      changes[i].key = {"acme", IdOf(renamings[i].lead)};
      changes[i].apply = [to = renamings[i].to](Lead& lead) {
        return Edit(lead, {.external_id = to});
      };
      changes[i].answer = [](const Lead&) { return "done"; };
      items.push_back(&changes[i]);
    }
    leads_->Update(items, kNoDeadline);
    std::vector<std::string> reasons;
    for (const auto& change : changes) {
      reasons.push_back(change.outcome.ok() ? "" : error::ReasonOf(change.outcome.status()));
    }
    return reasons;
  }

  std::string Held() {
    return Sql("SELECT string_agg(coalesce(external_id, '-'), '' ORDER BY id) FROM lead");
  }
};

using Reasons = std::vector<std::string>;

TEST_F(ExternalIdTest, IsHandedOverInEitherOrder) {
  EXPECT_EQ(Rename({{1, ""}, {2, "a"}}), (Reasons{"", ""}));
  EXPECT_EQ(Held(), "-ac");
  EXPECT_EQ(Rename({{1, "a"}, {2, "b"}}), (Reasons{"", ""})) << "taken before it is given up";
  EXPECT_EQ(Held(), "abc");
}

TEST_F(ExternalIdTest, IsExchanged) {
  EXPECT_EQ(Rename({{1, "b"}, {2, "a"}}), (Reasons{"", ""}));
  EXPECT_EQ(Held(), "bac");
  EXPECT_EQ(Rename({{1, "a"}, {2, "c"}, {3, "b"}}), (Reasons{"", "", ""}));
  EXPECT_EQ(Held(), "acb");
}

TEST_F(ExternalIdTest, IsExchangedBesideOneThatIsRefused) {
  Lead fourth = FullLead();
  fourth.id = IdOf(4);
  fourth.external_id = "d";
  ASSERT_TRUE(Create(fourth).ok());
  EXPECT_EQ(Rename({{1, "b"}, {3, "d"}, {2, "a"}}), (Reasons{"", error::kDuplicateId, ""}));
  EXPECT_EQ(Held(), "bacd");
}

TEST_F(ExternalIdTest, IsNotFreeIfWhoGivesItUpIsRefused) {
  EXPECT_EQ(Rename({{2, "a"}, {1, "c"}}), (Reasons{error::kDuplicateId, error::kDuplicateId}));
  EXPECT_EQ(Held(), "abc");
}

}  // namespace
}  // namespace crm::lead
