#include "clients/crmctl/import/import_ids.h"

#include <gtest/gtest.h>

#include <set>

namespace crm::crmctl {
namespace {

// These values are stored in databases: a change here would import everything a second time.
TEST(ImportIdsTest, AreTheSameForEver) {
  const ImportIds ids("acme", "maven-crm");
  EXPECT_EQ(ids.Organization("Cancity").ToString(), "810dbefa-015d-5e5e-8bec-1f2634cc7609");
  EXPECT_EQ(ids.Lead("1C1I7A6R").ToString(), "ce51fc9b-95cf-566e-aeed-90a70dd24a64");
  EXPECT_EQ(ids.RequestId("deal", "1C1I7A6R", "qualify"), "3d02b5e9-1dd6-5f20-ab36-0dbeeaa81d52");
}

TEST(ImportIdsTest, ObjectsDependOnTenantAndExternalIdOnly) {
  EXPECT_EQ(ImportIds("acme", "a").Lead("1"), ImportIds("acme", "b").Lead("1"));
  EXPECT_NE(ImportIds("acme", "a").Lead("1"), ImportIds("other", "a").Lead("1"));
  EXPECT_NE(ImportIds("acme", "a").Lead("1"), ImportIds("acme", "a").Organization("1"));
}

// Tables count from 1, each for itself.
TEST(ImportIdsTest, EveryKindOfRowHasIdsOfItsOwn) {
  const ImportIds ids("acme", "a");
  const std::set<std::string> all = {
      ids.Organization("1").ToString(), ids.Person("1").ToString(),
      ids.DealContact("1").ToString(),  ids.Lead("1").ToString(),
      ids.LoneLead("1").ToString(),     ids.Opportunity("1").ToString(),
      ids.Activity("1").ToString(),     ids.Assessment("1", 0).ToString(),
      ids.Assessment("1", 1).ToString()};
  EXPECT_EQ(all.size(), 9u);
}

TEST(ImportIdsTest, RequestsDependOnEverything) {
  const std::string id = ImportIds("acme", "a").RequestId("deal", "1", "win");
  EXPECT_NE(id, ImportIds("other", "a").RequestId("deal", "1", "win"));
  EXPECT_NE(id, ImportIds("acme", "b").RequestId("deal", "1", "win"));
  EXPECT_NE(id, ImportIds("acme", "a").RequestId("person", "1", "win"));
  EXPECT_NE(id, ImportIds("acme", "a").RequestId("deal", "2", "win"));
  EXPECT_NE(id, ImportIds("acme", "a").RequestId("deal", "1", "lose"));
}

}  // namespace
}  // namespace crm::crmctl
