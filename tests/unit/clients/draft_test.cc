// A first mapping by names and values, and what is said of rows before anything is sent.

#include "clients/crmctl/import/draft.h"

#include <gmock/gmock.h>

#include "clients/crmctl/import/rejected_groups.h"
#include "tests/unit/clients/import_fixture.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class DraftTest : public ImportTest {
 protected:
  DraftTest() {
    std::filesystem::remove(folder_ + "/companies.csv");
    std::filesystem::remove(folder_ + "/deals.csv");
  }
  // The draft, which must be a mapping that can be used at once.
  std::string Draft() {
    const absl::StatusOr<std::string> text = DraftMapping(folder_);
    EXPECT_TRUE(text.ok()) << text.status();
    if (!text.ok()) return "";
    const absl::StatusOr<Mapping> mapping = Mapping::Parse(*text);
    EXPECT_TRUE(mapping.ok()) << mapping.status() << *text;
    if (mapping.ok()) mapping_ = *mapping;
    return *text;
  }
};

TEST_F(DraftTest, WithoutFilesThereIsNone) {
  EXPECT_TRUE(absl::IsNotFound(DraftMapping(folder_).status()));
  EXPECT_EQ(DraftMapping(folder_ + "/gone").status(),
            absl::NotFoundError(folder_ + "/gone: No such file or directory"));
  std::filesystem::create_directory(folder_ + "/folder.csv");
  EXPECT_EQ(DraftMapping(folder_).status(),
            absl::NotFoundError(folder_ + ": there is no CSV file"));
}

TEST_F(DraftTest, CompaniesInTheRowsOfTheirDealsAreTheCustomers) {
  Write("DEALS.CSV", "Id,Company,Stage\n1,Acme,Won\n2,Bolt,Won\n3,Acme,Lost\n");
  const std::string text = Draft();
  ASSERT_EQ(mapping_.files.size(), 2u) << text;
  EXPECT_EQ(mapping_.files[0].entity, Entity::kOrganization);
  EXPECT_THAT(mapping_.files[0].key.columns, ElementsAre("Company"));
  EXPECT_EQ(mapping_.files[1].fields.at("organization").text, "Company");
}

TEST_F(DraftTest, AFileOfNothingButItsHeaderIsDrafted) {
  Write("deals.csv", "Id,Deal Name,Stage,Amount,Close Date\n");
  Write("leads.csv", "Id,Full Name,Lead Status\n");
  Write("tasks.csv", "Id,WhoId,WhatId,Status,TaskSubtype,CompletedDateTime\n");
  EXPECT_THAT(Draft(), HasSubstr("TO DO: no row says which there are"));
  EXPECT_EQ(mapping_.files[0].stages.Find("anything")->target, Target::kWorking);
  EXPECT_EQ(mapping_.files[1].stages.Find("anything")->target, Target::kOpen);
}

TEST_F(DraftTest, Utf16WithoutAMarkIsKnown) {
  std::string wide;
  for (const char c : std::string("Id,Deal Name,Stage\n1,Acme,Won\n")) wide += {c, '\0'};
  Write("deals.csv", wide);
  Draft();
  EXPECT_EQ(mapping_.files[0].encoding, "utf-16le");
  EXPECT_EQ(mapping_.files[0].stages.Find("Won")->target, Target::kWon);
}

TEST_F(DraftTest, AnEncodingIsGuessedWhereItHelps) {
  const std::string zero(1, '\0');
  Write("deals.csv", "Id,Deal Name,Stage\n1,Ac" + zero + "me,Won\n");
  Draft();
  EXPECT_EQ(mapping_.files[0].encoding, "") << "a zero byte is none in any";
  Write("deals.csv", "Id,Deal Name,Stage\n1,caf\xe9,Won\n");
  Draft();
  EXPECT_EQ(mapping_.files[0].encoding, "windows-1252");
}

TEST_F(DraftTest, NoMoreBecomesAttributesThanAThingMayHave) {
  std::string header = "Id,Deal Name,Stage", row = "1,Acme,Won";
  for (int i = 0; i < 50; ++i) header += ",c" + std::to_string(i), row += ",x";
  Write("deals.csv", header + ",empty\n" + row + ",\n");
  Draft();
  EXPECT_TRUE(mapping_.files[0].rest_attributes);
  Write("deals.csv", header + ",more\n" + row + ",x\n");
  EXPECT_THAT(Draft(), HasSubstr("TO DO: rows have up to 51 more values"));
  EXPECT_FALSE(mapping_.files[0].rest_attributes);
}

TEST_F(DraftTest, WhoRefersToWhomIsSeenByTheValues) {
  Write("accounts.csv", "GUID,Account ID,Account Name\ng1,A1,Acme\ng2,A2,Bolt\n");
  Write("contacts.csv", "Id,Full Name,Account,Account Name\n1,Ann,x,Acme\n2,Ben,y,Bolt\n");
  const std::string text = Draft();
  EXPECT_EQ(mapping_.files[0].entity, Entity::kOrganization) << "what others refer to comes first";
  EXPECT_THAT(mapping_.files[0].key.columns, ElementsAre("Account Name"))
      << "names are referred to, ids are not";
  EXPECT_EQ(mapping_.files[1].fields.at("organization").text, "Account Name");
}

TEST_F(DraftTest, ReferencesToNothingAreSaid) {
  Write("companies.csv", "Id,Name\n1,Acme\n");
  Write("deals.csv", "Id,Deal Name,Stage,Account Id\n1,a,Won,1\n2,b,Won,7\n");
  EXPECT_THAT(Draft(), HasSubstr("GUESS: 1 of them are in no file"));
  EXPECT_TRUE(mapping_.files[1].fields.at("organization").drop);
}

// Of no product: columns that are called like the fields, references that only their values show.
TEST_F(DraftTest, AFileOfOnesOwnIsReadByFieldsAndValues) {
  Write("companies.csv", "Company Id,Company\nC1,Acme\nC2,Bolt\n");
  Write("people.csv", "Id,Name,Works at\nP1,Ann,C1\nP2,Ben,C2\n");
  Write("deals.csv",
        "Id,For,Person,Stage,Opened,Closed,Pieces\nD1,C1,P1,Won,2025-01-31,2025-02-03,1\n");
  Write("tasks.csv", "Id,About,Text\nT1,D1,asked\n");
  Write("import-rejects.csv", "file,line,reason,row\ndeals.csv,2,none,x\n");
  const std::string text = Draft();
  ASSERT_EQ(mapping_.files.size(), 4u) << text;
  EXPECT_EQ(mapping_.files[1].fields.at("organization").text, "Works at");
  EXPECT_EQ(mapping_.files[2].fields.at("organization").text, "For");
  EXPECT_EQ(mapping_.files[2].fields.at("contact").text, "Person");
  EXPECT_EQ(mapping_.files[2].fields.at("opened").text, "Opened");
  EXPECT_EQ(mapping_.files[2].fields.at("closed").text, "Closed");
  EXPECT_EQ(mapping_.files[3].fields.at("deal").text, "About");
  EXPECT_THAT(text, HasSubstr("TO DO: nothing says when it took place"));
}

TEST_F(DraftTest, ActivitiesHangOnWhatTheirColumnsNameAndThoseToDoAreNone) {
  Write("Lead.csv", "Id,LastName,Status\nL1,Ann,New\n");
  Write("Opportunity.csv", "Id,Name,StageName\nO1,Looms,Prospecting\n");
  Write("Task.csv",
        "Id,WhoId,WhatId,Status,TaskSubtype,CallType,CompletedDateTime,Subject,Description\n"
        "T1,L1,,Completed,Call,Inbound,2026-01-02 10:00:00,Asked,\n"
        "T2,003,O1,Not Started,Email,,,About it,more\n");
  Draft();
  const FileMapping& file = mapping_.files.back();
  EXPECT_EQ(file.entity, Entity::kActivity);
  EXPECT_EQ(file.fields.at("deal").text, "WhatId");
  EXPECT_EQ(file.fields.at("lead").text, "WhoId");
  EXPECT_EQ(*file.fields.at("type").words.Find("Call"), "CALL");
  EXPECT_EQ(*file.fields.at("type").words.Find("Email"), "EMAIL");
  EXPECT_EQ(*file.fields.at("direction").words.Find("Inbound"), "INBOUND");
  EXPECT_EQ(file.fields.at("occurred").text, "CompletedDateTime");
  EXPECT_THAT(file.fields.at("summary").others, ElementsAre("Subject"));
  ASSERT_EQ(file.where.size(), 1u);
  EXPECT_THAT(file.where[0].in, ElementsAre("completed"));
}

TEST_F(DraftTest, WhatLeadsSayOfTheCriteriaIsAssessed) {
  Write("leads.csv",
        "Id,Full Name,Lead Status,Need,Decision Maker\n"
        "1,Ann,New,Must have,No\n2,Ben,Junk,No need,\n3,Eve,New,May have,Yes\n");
  Draft();
  ASSERT_EQ(mapping_.files.size(), 3u);
  const FileMapping& need = mapping_.files[1];
  EXPECT_EQ(need.entity, Entity::kAssessment);
  EXPECT_EQ(need.key.text, "{Id}-NEED");
  EXPECT_EQ(need.fields.at("criterion").text, "NEED");
  EXPECT_EQ(*need.fields.at("finding").words.Find("Must have"), "MET");
  EXPECT_EQ(*need.fields.at("finding").words.Find("May have"), "PARTLY_MET");
  EXPECT_EQ(*need.fields.at("finding").words.Find("No need"), "NOT_MET");
  ASSERT_EQ(need.where.size(), 2u);
  EXPECT_THAT(need.where[1].not_in, ElementsAre("junk")) << "who was given up is not judged";
  EXPECT_EQ(*mapping_.files[2].fields.at("finding").words.Find("No"), "NOT_MET");
}

TEST_F(DraftTest, CompaniesThatAreCustomersHaveAccounts) {
  Write("companies.csv",
        "Id,Name,Account Type,Owner\n1,Acme,Customer,lena\n2,Bolt,Prospect,marc\n");
  Write("deals.csv", "Id,Deal Name,Stage,Account Id\n1,a,Won,1\n2,b,New,2\n");
  Draft();
  const FileMapping& file = mapping_.files.back();
  EXPECT_EQ(file.entity, Entity::kAccount);
  EXPECT_EQ(file.fields.at("organization").text, "Id");
  EXPECT_EQ(file.fields.at("owner").text, "Owner");
  EXPECT_THAT(file.where.at(0).in, ElementsAre("customer"));
}

TEST_F(DraftTest, AStatusAndAStageAreOnePlace) {
  Write("deals.csv",
        "Id,Status,Stage\n1,Open,Proposal Made\n2,Won,Proposal Made\n3,Lost,New\n4,Open,New\n");
  Draft();
  const FileMapping& file = mapping_.files[0];
  EXPECT_EQ(file.fields.at("stage").text, "{Status} / {Stage}");
  EXPECT_EQ(file.stages.Find("won / whatever")->target, Target::kWon);
  EXPECT_EQ(file.stages.Find("lost / new")->target, Target::kLost);
  EXPECT_EQ(file.stages.Find("open / proposal made")->stage, "proposal");
  EXPECT_EQ(file.stages.Find("open / new")->stage, "");
}

TEST_F(DraftTest, FiguresAndDatesAreReadAsTheyAllCanBe) {
  Write("deals.csv",
        "Id,Stage,Amount,Created Date,Close Date,Probability\n"
        "1,Won,\"1.250\",13/2/25,1/2/25,50.5\n2,Won,\"12,50\",28/2/25,3/4/25,7\n");
  const std::string text = Draft();
  const FileMapping& file = mapping_.files[0];
  EXPECT_EQ(file.fields.at("amount").number.decimal, ',');
  EXPECT_EQ(file.fields.at("amount").number.thousands, ".");
  EXPECT_THAT(file.fields.at("opened").formats, ElementsAre("%d/%m/%y"));
  EXPECT_TRUE(file.fields.at("probability").number.round);
  EXPECT_THAT(text, HasSubstr("// GUESS: these formats fit all dates: %d/%m/%y, %m/%d/%y"));
}

TEST_F(DraftTest, CompaniesThatStandOnlyInDealsAreMadeOfThem) {
  Write("ventas.csv",
        "Informe;;;\nExportado el "
        "2/3/26;;;\n;;;\nNumero;Empresa;Etapa;Importe\n1;Acme;Ganada;$5\n2;Acme;Perdida;$6\n"
        "TOTAL;;;$11\n");
  Draft();
  ASSERT_EQ(mapping_.files.size(), 2u);
  EXPECT_EQ(mapping_.files[0].entity, Entity::kOrganization);
  EXPECT_TRUE(mapping_.files[0].first_only);
  EXPECT_EQ(mapping_.files[1].skip, 2);
  EXPECT_EQ(mapping_.files[1].footer, 1);
  EXPECT_EQ(mapping_.files[1].fields.at("organization").text, "Empresa");
  EXPECT_EQ(mapping_.files[1].stages.Find("Perdida")->target, Target::kLost);
}

TEST_F(DraftTest, LeadsThatBecameDealsAreJoinedToThem) {
  Write("Account.csv", "Id,Name\n1,Acme\n");
  Write("Lead.csv",
        "Id,LastName,FirstName,Status,LeadSource,IsConverted,ConvertedOpportunityId\n"
        "L1,a,b,New,Web,0,\nL2,a,b,Closed,Fair,1,O1\n");
  Write("Opportunity.csv",
        "Id,IsDeleted,AccountId,StageName,CreatedDate,CloseDate\n"
        "O1,0,1,Proposal,2025-01-01,2026-01-01\nO2,0,1,Proposal,2025-01-01,2026-01-01\n"
        "O3,1,1,Proposal,2025-01-01,2026-01-01\n");
  Write("OpportunityHistory.csv",
        "Id,OpportunityId,StageName,CreatedDate\n1,O1,Qualified,2025-02-01\n");
  Draft();
  const std::vector<LoadedFile> files = Load();
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[1].deals.size(), 1u) << "the lead that is still one";
  ASSERT_EQ(files[2].deals.size(), 1u) << "the deal that was a lead";
  EXPECT_EQ(mapping_.files[2].entity, Entity::kDeal);
  EXPECT_EQ(files[2].deals[0].source_detail, "Fair");
  EXPECT_EQ(files[2].deals[0].moves.at(0).stage, "needs_confirmed");
  ASSERT_EQ(files[3].deals.size(), 1u) << "the one that was none, but not the deleted one";
  EXPECT_EQ(mapping_.files[3].entity, Entity::kOpportunity);
}

TEST_F(DraftTest, APartnersFileHasCompaniesAndPersons) {
  Write("Contact (res.partner).csv",
        "External ID,Name,Is a Company,Related Company\n1,Acme,True,\n2,Ann,False,1\n");
  Write("leads.csv", "External ID,Opportunity,Stage,Customer\n1,a,New,1\n2,b,Won,2\n");
  std::filesystem::rename(folder_ + "/leads.csv", folder_ + "/opportunities.csv");
  Draft();
  const std::vector<LoadedFile> files = Load();
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].contacts.size(), 1u);
  EXPECT_EQ(files[1].contacts.at(0).reference, "1");
  EXPECT_EQ(mapping_.files[2].fields.at("customer").text, "Customer");
}

TEST_F(DraftTest, HostileNamesAreStillJson) {
  Write("deals.csv", "Id,\"St\"\"age\",Stage\n1,x,\"Won \"\"big\"\"\n*/ //\"\n");
  EXPECT_THAT(Draft(), Not(HasSubstr("big\"\n")));
}

TEST(RejectedGroupsTest, WhatIsSaidOfRowsIsGroupedWithTheValuesThatDiffer) {
  RejectedGroups said;
  said.Add(3, "stage: \"Won?\" is no stage of the mapping");
  said.Add(4, "stage: \"Lost?\" is no stage of the mapping");
  said.Add(5, "stage: \"Won?\" is no stage of the mapping");
  said.Add(6, "opened: \"soon\" is no date");
  EXPECT_EQ(said.rows(), 4);
  const std::vector<RejectedGroup> groups = said.Groups();
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].reason, "stage: \"Won?\" is no stage of the mapping");
  EXPECT_EQ(groups[0].rows, 3);
  EXPECT_THAT(groups[0].lines, ElementsAre(3, 4, 5));
  EXPECT_THAT(groups[0].values, ElementsAre(testing::Pair("Won?", 2), testing::Pair("Lost?", 1)));
  EXPECT_THAT(groups[1].lines, ElementsAre(6));
}

TEST(RejectedGroupsTest, HowMuchIsHeldIsBounded) {
  RejectedGroups said;
  for (int i = 0; i < 5000; ++i) said.Add(i, "stage: \"" + std::to_string(i) + "x\" is none");
  EXPECT_EQ(said.Groups()[0].rows, 5000);
  EXPECT_EQ(said.Groups()[0].lines.size(), 1000u);
  EXPECT_EQ(said.Groups()[0].values.size(), 20u);
}

}  // namespace
}  // namespace crm::crmctl
