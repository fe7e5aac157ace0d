#include "clients/crmctl/import/record_feed.h"

#include <gmock/gmock.h>

#include "common/error/error.h"
#include "tests/unit/clients/import_fixture.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using RecordsTest = ImportTest;

TEST_F(RecordsTest, ACompanyRowBecomesAnOrganization) {
  Companies("Acme,12,1.5,\n");
  const ContactRecord record = Load()[0].contacts.at(0);
  EXPECT_EQ(record.contact.external_id(), "Acme");
  EXPECT_EQ(record.contact.organization().employee_count(), 12);
  EXPECT_EQ(record.contact.organization().annual_revenue().amount_minor(), 150000000);
  EXPECT_EQ(record.contact.organization().annual_revenue().currency_code(), "USD");
  EXPECT_FALSE(record.contact.organization().has_founded_year());
}

TEST_F(RecordsTest, ParentsComeFirst) {
  Companies("Leaf,,,Twig\nRoot,,,\nTwig,,,Root\n");
  const std::vector<LoadedFile> files = Load();
  std::vector<std::string> order;
  for (const ContactRecord& each : files[0].contacts) order.push_back(each.key);
  EXPECT_THAT(order, ElementsAre("Root", "Twig", "Leaf"));
  EXPECT_THAT(files[0].levels, ElementsAre(0, 1, 2));
  EXPECT_EQ(files[0].contacts[1].contact.organization().parent_organization(),
            "contacts/" + ids_.Organization("Root").ToString());
}

TEST_F(RecordsTest, ParentsInACircleOrUnknownAreRejected) {
  Companies("A,,,B\nB,,,A\nC,,,Nobody\nD,,,D\nE,,,\n");
  const std::vector<LoadedFile> files = Load();
  EXPECT_EQ(files[0].contacts.size(), 1u);
  EXPECT_EQ(files[0].rejected.size(), 4u);
}

TEST_F(RecordsTest, ADealRowIsReadWithItsValuesReplaced) {
  Companies("Acme,,,\n");
  Deals("D1,Ann,GTXPro,Acme,Won,2025-01-02,2025-03-04,1054\n");
  const DealRecord deal = Load()[1].deals.at(0);
  EXPECT_THAT(deal.interests, ElementsAre("GTX Pro"));
  EXPECT_EQ(deal.title, "Acme – GTX Pro");
  EXPECT_EQ(deal.target, Target::kWon);
  EXPECT_EQ(deal.amount->amount_minor(), 105400);
  EXPECT_EQ(deal.contact_id, ids_.Organization("Acme"));
  EXPECT_EQ(*deal.opened, absl::FromUnixSeconds(1735776000));
}

TEST_F(RecordsTest, ADealWithoutACompanyGetsAContactOfItsOwn) {
  Deals("D1,Ann,X,,Talk,,,\n");
  const DealRecord deal = Load()[1].deals.at(0);
  EXPECT_EQ(deal.reference, "");
  EXPECT_EQ(deal.contact_name, "Deal D1");
  EXPECT_EQ(deal.contact_id, ids_.DealContact("deal D1"));
}

struct BadRow {
  const char* row;
  std::vector<const char*> reasons;
};

class BadRowTest : public ImportTest, public testing::WithParamInterface<BadRow> {};

TEST_P(BadRowTest, IsRejectedWithAllReasons) {
  Companies("Acme,,,\nBad,many,,\n");
  Deals(std::string(GetParam().row) + "\nD9,Ann,X,Acme,Talk,,,\n");
  const std::vector<LoadedFile> files = Load();
  EXPECT_EQ(files[1].deals.size(), 1u) << "the other row is untouched";
  ASSERT_EQ(files[1].rejected.size(), 1u);
  for (const char* reason : GetParam().reasons) {
    EXPECT_THAT(files[1].rejected[0].reason, HasSubstr(reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Deals, BadRowTest,
    testing::Values(
        BadRow{"D1,A,X,Nobody,Sold,2025-02-30,soon,12.345",
               {"company (organization): \"Nobody\" is not among", "stage: \"Sold\" is no stage",
                "opened: \"2025-02-30\" is no date", "closed: \"soon\" is no date",
                "value (amount): \"12.345\" is no amount in USD"}},
        BadRow{"D1,A,X,Acme,Won,,,",
               {"opened: is required for Won", "closed: is required for Won",
                "value (amount): is required for Won"}},
        BadRow{"D1,A,X,Acme,Lost,2025-03-01,2025-02-01,", {"closed: lies before the opening"}},
        BadRow{"D1,A,X,Acme,Open,2027-01-01,,", {"opened: 2027-01-01 lies in the future"}},
        BadRow{"D1,A,X,Acme,Won,2025-01-01,2025-01-02,-5", {"\"-5\" is negative"}},
        BadRow{",A,X,Acme,Talk,,,", {"id: is required"}},
        BadRow{"D1,A,X,Acme,,,,", {"stage: is required"}},
        BadRow{"D1,A,X,Bad,Talk,,,", {"\"Bad\" is not among the rows that can be imported"}},
        BadRow{"D1,A,X", {"has 3 columns where the header has 8"}}));

TEST_F(RecordsTest, AKeyUsedTwiceIsRejectedTheSecondTime) {
  Deals("D1,A,X,,Talk,,,\nD1,B,X,,Talk,,,\n");
  const std::vector<LoadedFile> files = Load();
  EXPECT_EQ(files[1].deals.size(), 1u);
  EXPECT_THAT(files[1].rejected.at(0).reason, HasSubstr("stands on line 2 already"));
}

TEST_F(RecordsTest, MendedRowsAloneAreGivenAndReferToAllThereAre) {
  mapping_.files[1].footer = 1;
  Companies("Acme,12,,\nBolt,many,,\n");
  Deals(
      "D1,Ann,X,Acme,Talk,,,\nD2,Ann,X,Acme,Sold,,,\nD3,Ann,X,Bolt,Talk,,,\n"
      "sum,,,,,,,\n");
  std::filesystem::create_directory(folder_ + "/mended");
  Write("mended/deals.csv",
        std::string(kDeals) +
            "D2,Ann,X,Acme,Talk,,,\nD1,Ben,X,Acme,Talk,,,\nD3,Ann,X,Bolt,Talk,,,\n");
  const std::vector<LoadedFile> files = Load(folder_ + "/mended");
  EXPECT_EQ(files[0].read, 0) << "nothing of it was mended";
  ASSERT_EQ(files[1].deals.size(), 2u);
  EXPECT_EQ(files[1].deals[0].key, "D2");
  EXPECT_EQ(files[1].deals[0].contact_id, ids_.Organization("Acme"));
  ASSERT_EQ(files[1].warnings.size(), 1u);
  EXPECT_THAT(files[1].warnings[0].reason, HasSubstr("has the key of line 2 of the data folder"));
  ASSERT_EQ(files[1].rejected.size(), 1u);
  EXPECT_THAT(files[1].rejected[0].reason, HasSubstr("\"Bolt\" is not among the rows"));

  Write("mended/companies.csv", std::string(kCompanies) + "Bolt,7,,Acme\n");
  const std::vector<LoadedFile> more = Load(folder_ + "/mended");
  ASSERT_EQ(more[0].contacts.size(), 1u);
  EXPECT_EQ(more[0].levels[0], 0) << "its parent is there";
  EXPECT_EQ(more[1].deals.size(), 3u);
}

TEST_F(RecordsTest, MissingFilesAndColumnsAreReportedTogether) {
  Write("companies.csv", "name\n");
  Write("deals.csv", "id,agent\n");
  const auto details = error::DetailsOf(Open().status());
  ASSERT_TRUE(details);
  EXPECT_EQ(details->fields.size(), 5u + 6u);
  std::filesystem::remove(folder_ + "/companies.csv");
  std::filesystem::remove(folder_ + "/deals.csv");
  EXPECT_EQ(error::DetailsOf(Open().status())->fields.size(), 2u);
}

}  // namespace
}  // namespace crm::crmctl
