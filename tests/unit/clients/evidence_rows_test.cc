// Rows that are said of leads and customers: activities, assessments, accounts.

#include <gmock/gmock.h>

#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/deal_plan.h"
#include "clients/crmctl/import/record_feed.h"
#include "common/rpc/proto_values.h"
#include "tests/unit/clients/import_fixture.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kEvidence[] = R"({"name": "evidence", "files": [
  {"entity": "organization", "file": "companies.csv", "key": "id", "fields": {"display_name": "name"}},
  {"entity": "person", "file": "people.csv", "key": "id",
   "fields": {"display_name": "name", "organization": "company"}},
  {"entity": "lead", "file": "leads.csv", "key": "id", "stages": {"New": "NEW", "Gone": "DISQUALIFIED"},
   "fields": {"stage": "stage"}},
  {"entity": "deal", "file": "deals.csv", "key": "id",
   "stages": {"Talk": "WORKING", "Open": "OPEN", "Won": "WON"},
   "fields": {"stage": "stage", "contact": "person", "opened": {"constant": "2025-01-02"},
              "closed": {"constant": "2025-02-03"}, "amount": {"constant": "5", "currency": "EUR"}}},
  {"entity": "account", "file": "companies.csv", "label": "accounts", "key": "id",
   "fields": {"organization": "id", "owner": "owner", "members": {"column": "team", "split": ";"},
              "member_role": {"constant": "adviser"},
              "status": {"column": "state", "values": {"Customer": "ACTIVE", "Left": "CLOSED"}},
              "closed": "until", "attributes.grade": "grade"}},
  {"entity": "activity", "file": "activities.csv", "key": "id",
   "fields": {"deal": "what", "lead": "what", "occurred": "when", "summary": "text",
              "type": {"column": "kind", "values": {"Phone": "CALL"}}, "direction": "who"}},
  {"entity": "assessment", "file": "assessments.csv", "key": "id",
   "fields": {"lead": "lead", "deal": "deal", "criterion": "criterion", "finding": "finding",
              "observed": "seen", "expected_purchase": "buys", "budget_status": "status",
              "budget": {"column": "budget", "currency": "EUR"}}}]})";

class EvidenceRowsTest : public ImportTest {
 protected:
  EvidenceRowsTest() {
    mapping_ = *Mapping::Parse(kEvidence);
    Write("companies.csv", "id,name,owner,team,state,until,grade\n" + companies_);
    Write("people.csv", "id,name,company\n7,Ann,1\n8,Ben,\n");
    Write("leads.csv", "id,stage\nL1,New\nL2,Gone\n");
    Write("deals.csv", "id,stage,person\nD1,Talk,8\nD2,Open,8\nD3,Won,7\n");
    Activities("");
    Assessments("");
  }
  void Activities(const std::string& rows) {
    Write("activities.csv", "id,what,kind,who,when,text\n" + rows);
  }
  void Assessments(const std::string& rows) {
    Write("assessments.csv", "id,lead,deal,criterion,finding,seen,buys,budget,status\n" + rows);
  }

  // The rows of a file that can be imported; what is told of the others is kept.
  template <class Record>
  std::vector<Record> RowsOf(size_t file) {
    const auto files = Open();
    EXPECT_TRUE(files.ok()) << files.status();
    std::vector<Record> rows;
    told_.clear();
    for (size_t i = 0; i <= file; ++i) {
      ImportRecord record;
      while ((*files)->feed(i).Next(&record)) {
        if (i != file) continue;
        told_.push_back(record.problem.empty() ? record.warning : record.problem);
        if (record.problem.empty()) rows.push_back(std::get<Record>(record.thing));
      }
    }
    return rows;
  }

  const std::string companies_ =
      "1,Acme,lena,7;8,Customer,,A\n"
      "2,Bolt,marc,,Customer,,B\n"
      "3,Coil,,9,Left,2025-06-01,\n"
      "4,Dust,,,Merged,,\n";
  std::vector<std::string> told_;
};

TEST_F(EvidenceRowsTest, AnActivityBelongsToTheLeadOrDealThatTheColumnNames) {
  Activities(
      "1,L1,Phone,inbound,2025-03-04,\"What was said\"\n"
      "2,D3,email,Outbound,2025-03-05,\n"
      "3,D1,note,inbound,2025-03-06,for us alone\n");
  const auto rows = RowsOf<EvidenceRecord>(5);
  ASSERT_EQ(rows.size(), 3u) << testing::PrintToString(told_);
  EXPECT_EQ(rows[0].lead_id, ids_.LoneLead("L1"));
  EXPECT_EQ(rows[0].activity.type(), lead::v1::ACTIVITY_TYPE_CALL);
  EXPECT_EQ(rows[0].activity.direction(), lead::v1::ACTIVITY_DIRECTION_INBOUND);
  EXPECT_EQ(rows[0].activity.summary(), "What was said");
  EXPECT_EQ(
      absl::FormatTime("%F", rpc::TimeFrom(rows[0].activity.occur_time()), absl::UTCTimeZone()),
      "2025-03-04");
  EXPECT_EQ(rows[1].lead_id, ids_.Lead("D3")) << "also of what was sold";
  EXPECT_EQ(rows[2].activity.direction(), lead::v1::ACTIVITY_DIRECTION_UNSPECIFIED)
      << "a note has none";
}

TEST_F(EvidenceRowsTest, AnActivityThatCannotBeRecordedSaysWhy) {
  Activities(
      "1,Nobody,Phone,inbound,2025-03-04,\n"
      "2,,Dance,inbound,2027-03-04,\n"
      "3,L1,Phone,,,\n");
  EXPECT_TRUE(RowsOf<EvidenceRecord>(5).empty());
  ASSERT_EQ(told_.size(), 3u);
  EXPECT_THAT(told_[0], HasSubstr("what (lead): \"Nobody\" is not among the rows"));
  EXPECT_THAT(told_[1], HasSubstr("what (deal): is required"));
  EXPECT_THAT(told_[1], HasSubstr("kind (type): \"Dance\" is not known"));
  EXPECT_THAT(told_[1], HasSubstr("lies in the future"));
  EXPECT_THAT(told_[2], HasSubstr("who (direction): is required for CALL"));
  EXPECT_THAT(told_[2], HasSubstr("when (occurred): is required"));
}

TEST_F(EvidenceRowsTest, AnAssessmentIsWhatWasFoundOnOneCriterion) {
  Assessments(
      "1,L1,,timeframe,met,2025-03-04,2025-09-30,,\n"
      "2,,D1,ability,Partly Met,,,12.50,approved\n");
  const auto rows = RowsOf<EvidenceRecord>(6);
  ASSERT_EQ(rows.size(), 2u) << testing::PrintToString(told_);
  EXPECT_EQ(rows[0].assessment.criterion(), lead::v1::CRITERION_TIMEFRAME);
  EXPECT_EQ(rows[0].assessment.expected_purchase_date().month(), 9);
  EXPECT_EQ(rows[0].assessment.source(), lead::v1::EVIDENCE_SOURCE_IMPORT);
  EXPECT_EQ(rows[1].lead_id, ids_.Lead("D1"));
  EXPECT_EQ(rows[1].assessment.finding(), lead::v1::FINDING_PARTLY_MET);
  EXPECT_EQ(rows[1].assessment.budget().amount_minor(), 1250);
  EXPECT_EQ(rows[1].assessment.budget_status(), lead::v1::BUDGET_STATUS_APPROVED);
  EXPECT_FALSE(rows[1].assessment.has_observe_time());
}

TEST_F(EvidenceRowsTest, AnAssessmentThatTheServiceWouldRefuseIsRefusedBeforehand) {
  Assessments(
      "1,L2,,need,met,,,,\n"
      "2,,D2,need,met,,,,\n"
      "3,L1,,need,met,,2025-09-30,3,planned\n");
  EXPECT_TRUE(RowsOf<EvidenceRecord>(6).empty());
  ASSERT_EQ(told_.size(), 3u);
  EXPECT_THAT(told_[0], HasSubstr("\"L2\" has been given up by then, and cannot be assessed"));
  EXPECT_THAT(told_[1], HasSubstr("\"D2\" has become an opportunity by then"));
  for (const char* text : {"buys (expected_purchase): is for TIMEFRAME only",
                           "budget: is for ABILITY only", "status (budget_status): is for"}) {
    EXPECT_THAT(told_[2], HasSubstr(text));
  }
}

TEST_F(EvidenceRowsTest, AnAccountIsOfWhoHasBoughtAndOthersAreWarnedOf) {
  const auto rows = RowsOf<AccountRecord>(4);
  ASSERT_EQ(rows.size(), 2u) << testing::PrintToString(told_);
  EXPECT_EQ(rows[0].customer_id, ids_.Organization("1"));
  EXPECT_EQ(rows[0].sales, 1) << "by a deal of somebody whom it employs";
  EXPECT_EQ(rows[0].status, contact::v1::ACCOUNT_STATUS_ACTIVE);
  ASSERT_EQ(rows[0].members.size(), 2u);
  EXPECT_EQ(rows[0].members[1].contact(), "contacts/" + ids_.Person("8").ToString());
  EXPECT_EQ(rows[0].members[1].role(), type::v1::BUYING_ROLE_ADVISER);
  EXPECT_EQ(rows[0].attributes.at("grade"), "A");
  EXPECT_EQ(rows[0].attributes.at("external_id"), "1");
  EXPECT_EQ(rows[1].sales, 0);
  EXPECT_EQ(told_[0], "");
  EXPECT_THAT(told_[1], HasSubstr("\"2\" has no sale among the files before"));
  EXPECT_THAT(told_[2], HasSubstr("\"9\" is not among the rows"));
  EXPECT_THAT(told_[3], HasSubstr("\"Merged\" is not known; known are ACTIVE, CLOSED"));
}

TEST_F(EvidenceRowsTest, AnOpportunityWithoutALeadSaysWhereItComesFrom) {
  mapping_ = *Mapping::Parse(R"({"name": "direct", "files": [
    {"entity": "organization", "file": "companies.csv", "key": "id", "fields": {"display_name": "name"}},
    {"entity": "opportunity", "file": "direct.csv", "key": "id", "stages": {"*": "OPEN"},
     "fields": {"stage": {"constant": "x"}, "organization": "company", "source_detail": "source",
                "opened": {"constant": "2025-01-02"},
                "source": {"column": "source", "values": {"Trade Show": "EVENT"}}}}]})");
  Write("direct.csv", "id,company,source\n1,1,Trade Show\n2,1,\n3,1,Nowhere\n");
  const auto deals = RowsOf<DealRecord>(1);
  ASSERT_EQ(deals.size(), 2u);
  const DealRequests requests(mapping_, ids_);
  const auto first = requests.Open(deals[0]).opportunity();
  EXPECT_EQ(first.lead_source(), type::v1::LEAD_SOURCE_EVENT);
  EXPECT_EQ(first.attributes().at("source_detail"), "Trade Show");
  EXPECT_EQ(requests.Open(deals[1]).opportunity().lead_source(), type::v1::LEAD_SOURCE_IMPORT);
  EXPECT_THAT(told_[2], HasSubstr("\"Nowhere\" is not known"));
}

TEST_F(EvidenceRowsTest, ANewerExportChangesTheSourceThatItMaps) {
  FileMapping file;
  file.fields["source"] = ValueSource();
  DealRecord deal;
  deal.source = type::v1::LEAD_SOURCE_WEB;
  opportunity::v1::Opportunity now;
  now.set_lead_source(type::v1::LEAD_SOURCE_IMPORT);
  std::string warning;
  const auto changes = ChangesOf(file, deal, now, &warning);
  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->opportunity().lead_source(), type::v1::LEAD_SOURCE_WEB);
  EXPECT_THAT(changes->update_mask().paths(), ElementsAre("lead_source"));
  now.set_lead_source(type::v1::LEAD_SOURCE_WEB);
  EXPECT_FALSE(ChangesOf(file, deal, now, &warning));
  EXPECT_FALSE(ChangesOf(FileMapping(), DealRecord(), now, &warning)) << "nor one it does not map";
}

TEST(EvidenceMappingTest, WhatAMappingLacksIsToldAtOnce) {
  const absl::Status status = Mapping::Parse(R"({"name": "x", "files": [
    {"entity": "activity", "file": "a.csv", "key": "id", "rest": "attributes",
     "fields": {"type": "t", "occurred": "o", "attributes.x": "y"}},
    {"entity": "assessment", "file": "b.csv", "key": "id", "stages": {"*": "NEW"},
     "fields": {"lead": "l", "finding": "f"}},
    {"entity": "account", "file": "c.csv", "key": "id", "fields": {"owner": "o", "members": "m"}}]})")
                                  .status();
  const auto details = error::DetailsOf(status);
  ASSERT_TRUE(details);
  std::vector<std::string> at;
  for (const auto& each : details->fields) at.push_back(each.field);
  EXPECT_THAT(at, testing::UnorderedElementsAre("files[0].fields.attributes.x", "files[0].rest",
                                                "files[0].fields", "files[1].fields.criterion",
                                                "files[1].stages", "files[1].fields.lead",
                                                "files[2].fields", "files[2].fields.members"));
}

}  // namespace
}  // namespace crm::crmctl
