// An import of what was imported before: what people did since, and newer exports.

#include <gmock/gmock.h>

#include "tests/unit/clients/import_run_fixture.h"

namespace crm::crmctl {
namespace {

using testing::HasSubstr;

class ImportUpdateTest : public ImportRunTest {
 protected:
  void Map(const std::string& more) {
    const absl::StatusOr<Mapping> mapping =
        Mapping::Parse(R"({"name": "t", )" + more + R"("files": [
      {"entity": "organization", "file": "companies.csv", "key": "no",
       "fields": {"display_name": "name", "email": {"column": "mail", "split": ";"}}},
      {"entity": "person", "file": "people.csv", "key": "no",
       "fields": {"display_name": "name", "organization": "works_at"}},
      {"entity": "deal", "file": "deals.csv", "key": "no", "stages": {
         "Talk": "WORKING", "Offer": {"stage": "offer"}, "Contract": {"stage": "contract"},
         "Won": "WON", "Lost": "LOST", "Bad": "DISQUALIFIED"},
       "fields": {"stage": "stage", "organization": "company", "opened": "opened",
         "close_date": "close", "owner": "agent", "probability": "p",
         "amount": {"column": "value", "currency": "EUR"}}},
      {"entity": "opportunity", "file": "orders.csv", "key": "no", "stages": {"Won": "WON"},
       "fields": {"stage": "stage", "contact": "person", "opened": "opened", "closed": "opened",
         "amount": {"column": "value", "currency": "EUR"}}}]})");
    ASSERT_TRUE(mapping.ok()) << mapping.status();
    mapping_ = *mapping;
    Write("companies.csv", "no,name,mail\n1,Acme,a@acme.example\n");
    Write("people.csv", "no,name,works_at\n1,Ann,1\n");
    Write("orders.csv", "no,stage,person,opened,value\n1,Won,1,2025-01-02,7\n");
    Sales("");
  }
  void Sales(const std::string& rows) {
    Write("deals.csv", "no,stage,company,opened,close,agent,value,p\n" + rows);
  }
  const lead::v1::Lead& Lead() { return fake_.leads.at("leads/" + ids_.Lead("1").ToString()); }
  opportunity::v1::Opportunity& Opportunity() {
    return fake_.opportunities.at(Lead().opportunity());
  }
};

TEST_F(ImportUpdateTest, NumbersOfSeveralTablesAreSeveralThings) {
  Map("");
  Sales("1,Offer,1,2025-01-01,2031-01-01,Ben,10,40\n");
  for (const ToldOutcome& outcome : Import()) EXPECT_EQ(outcome.created, 1) << outcome.label;
  EXPECT_EQ(fake_.contacts.size(), 2u);
  EXPECT_EQ(fake_.leads.size(), 1u);
  EXPECT_EQ(fake_.opportunities.size(), 2u);
  EXPECT_EQ(Lead().contact(), "contacts/" + ids_.Organization("1").ToString());
  EXPECT_EQ(Opportunity().display_name(), "Acme") << "by its name, not by its number";
  EXPECT_EQ(Opportunity().stage(), "offer");
  EXPECT_EQ(Opportunity().probability(), 40);
  EXPECT_EQ(Opportunity().expected_close_date().year(), 2031);
  std::set<std::string> external;
  for (const auto& [name, contact] : fake_.contacts) external.insert(contact.external_id());
  EXPECT_EQ(external, (std::set<std::string>{"1", "person:1"}));
}

TEST_F(ImportUpdateTest, WhatPeopleHaveDeletedStaysDeletedAndIsToldSo) {
  Map("");
  Sales("1,Offer,1,2025-01-01,,Ben,10,\n");
  Import();
  for (auto& [name, contact] : fake_.contacts) contact.mutable_delete_time()->set_seconds(5);
  Sales("1,Offer,1,2025-01-01,,Ben,10,\n2,Offer,1,2025-01-01,,Ben,10,\n");
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[0].deleted, 1);
  EXPECT_EQ(outcomes[0].created, 0);
  EXPECT_EQ(outcomes[2].unchanged, 1);
  ASSERT_EQ(outcomes[2].failed, 1);
  EXPECT_THAT(outcomes[2].rejected[0].reason, HasSubstr("\"1\" has been deleted since"));
}

// First seen as being worked, without a date: it is there since the import. What a later export
// tells happened before that.
TEST_F(ImportUpdateTest, ADealFirstSeenWithoutADateMovesOn) {
  Map("");
  fake_.now.set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2025, 6, 1), absl::UTCTimeZone())));
  Sales("1,Talk,1,,,Ben,10,\n");
  EXPECT_EQ(Import()[2].created, 1);
  Sales("1,Won,1,2025-01-01,2025-02-01,Ben,12,\n");
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[2].failed, 0) << outcomes[2].rejected[0].reason;
  EXPECT_EQ(Opportunity().stage_type(), opportunity::v1::STAGE_TYPE_WON);
  EXPECT_EQ(Opportunity().close_time().seconds(), fake_.now.seconds());
  ASSERT_EQ(outcomes[2].warnings.size(), 1u);
  EXPECT_THAT(outcomes[2].warnings[0].reason, HasSubstr("is later than the file says"));
}

TEST_F(ImportUpdateTest, ALeadThatCameToNothing) {
  Map("");
  Sales("1,Bad,1,2025-01-01,2025-02-01,Ben,,\n");
  EXPECT_EQ(Import()[2].created, 1);
  EXPECT_EQ(Lead().state(), lead::v1::LEAD_STATE_DISQUALIFIED);
  EXPECT_EQ(Import()[2].unchanged, 1);
}

TEST_F(ImportUpdateTest, AFillThatWasCutOffIsMadeByTheNextRunAndNoOther) {
  Map("");
  Sales("1,Offer,1,2025-01-01,,Ben,10,40\n");
  fake_.before = [](const std::string& method, const std::string&) {
    return method == "UpdateOpportunity" ? client::Refusal(grpc::StatusCode::INTERNAL, "LOST")
                                         : grpc::Status::OK;
  };
  EXPECT_EQ(Import()[2].failed, 1);
  fake_.before = nullptr;
  EXPECT_EQ(Import()[2].created, 1);
  EXPECT_EQ(Opportunity().probability(), 40);
  Opportunity().set_probability_manual(true);
  Opportunity().set_probability(70);
  EXPECT_EQ(Import()[2].unchanged, 1) << "what people set stays";
}

TEST_F(ImportUpdateTest, ANewerExportChangesWhatTheMappingNamesAndMovesStagesOn) {
  Map(R"("mode": "update", )");
  Sales("1,Offer,1,2025-01-01,2031-01-01,Ben,10,\n");
  Import();
  Opportunity().set_loss_note("by a person");
  Opportunity().set_display_name("renamed by a person");
  Write("companies.csv", "no,name,mail\n1,Acme Ltd,b@acme.example\n");
  Sales("1,Contract,1,2025-01-01,2032-01-01,Eve,12,\n");
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[0].updated, 1);
  EXPECT_EQ(outcomes[2].updated, 1);
  const auto& acme = fake_.contacts.at("contacts/" + ids_.Organization("1").ToString());
  EXPECT_EQ(acme.display_name(), "Acme Ltd");
  EXPECT_EQ(acme.emails_size(), 2) << "no address is lost";
  EXPECT_EQ(Opportunity().stage(), "contract");
  EXPECT_EQ(Opportunity().owner(), "Eve");
  EXPECT_EQ(Opportunity().amount().amount_minor(), 1200);
  EXPECT_EQ(Opportunity().expected_close_date().year(), 2032);
  EXPECT_EQ(Opportunity().display_name(), "renamed by a person") << "not mapped";
  const int writes = fake_.writes;
  const auto again = Import();
  EXPECT_EQ(again[0].unchanged + again[1].unchanged + again[2].unchanged, 3);
  EXPECT_EQ(fake_.writes, writes) << "the same once more changes nothing";
}

// Three weekly exports, each cut off and repeated, in any order.
TEST_F(ImportUpdateTest, InAnyOrderTheNewestExportCounts) {
  const std::vector<std::string> weeks = {"1,Talk,1,2025-01-01,,Ben,10,\n",
                                          "1,Offer,1,2025-01-01,2031-01-01,Ben,11,\n",
                                          "1,Contract,1,2025-01-01,2031-02-01,Eve,12,\n"};
  std::vector<int> order = {0, 1, 2};
  do {
    Map(R"("mode": "update", )");
    fake_.contacts.clear();
    fake_.leads.clear();
    fake_.opportunities.clear();
    fake_.requests.clear();
    for (const int week : order) {
      Sales(weeks[static_cast<size_t>(week)]);
      mapping_.exported =
          absl::FromCivil(absl::CivilDay(2025, 3, 1) + 7 * week, absl::UTCTimeZone());
      for (const int limit : {2, 4, 100}) {
        int asked = 0;
        fake_.before = [&](const std::string&, const std::string&) {
          ++asked;
          return grpc::Status::OK;
        };
        Import([&] {
          absl::MutexLock lock(&fake_.mutex);
          return asked >= limit;
        });
        fake_.before = nullptr;
      }
      Import();
    }
    EXPECT_EQ(Opportunity().stage(), "contract");
    EXPECT_EQ(Opportunity().owner(), "Eve");
    EXPECT_EQ(Opportunity().amount().amount_minor(), 1200);
    EXPECT_EQ(Opportunity().expected_close_date().month(), 2);
    EXPECT_LE(Opportunity().stage_version(), 3) << "no stage is entered twice";
    const int writes = fake_.writes;
    Import();
    EXPECT_EQ(fake_.writes, writes);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(ImportUpdateTest, AnAddressThatAnotherContactHasMayBeLeftOut) {
  Map(R"("duplicates": "drop", )");
  fake_.before = [this](const std::string& method, const std::string& subject) {
    const bool taken = method == "CreateContact" && fake_.counts[method] == 1 &&
                       subject == "contacts/" + ids_.Organization("1").ToString();
    return taken ? client::Refusal(grpc::StatusCode::ALREADY_EXISTS, "DUPLICATE_CONTACT")
                 : grpc::Status::OK;
  };
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[0].created, 1);
  EXPECT_EQ(outcomes[0].warnings.size(), 1u);
  EXPECT_EQ(fake_.contacts.at("contacts/" + ids_.Organization("1").ToString()).emails_size(), 0);
}

// And forward again: what was made once is made again where it was undone.
TEST_F(ImportUpdateTest, DealsComeBackOnlyWhereTheMappingAllowsIt) {
  const auto week = [this](const std::string& row) {
    Sales(row);
    const auto outcomes = Import();
    EXPECT_EQ(outcomes[2].failed, 0) << outcomes[2].rejected[0].reason;
  };
  Map(R"("mode": "update", )");
  week("1,Contract,1,2025-01-01,2031-01-01,Ben,10,\n");
  week("1,Offer,1,2025-01-01,2031-01-01,Ben,10,\n");
  EXPECT_EQ(Opportunity().stage(), "contract");
  Map(R"("mode": "update", "allow_back": true, )");
  for (int round = 0; round < 2; ++round) {
    week("1,Offer,1,2025-01-01,2031-01-01,Ben,10,\n");
    EXPECT_EQ(Opportunity().stage(), "offer");
    week("1,Contract,1,2025-01-01,2031-01-01,Ben,10,\n");
    EXPECT_EQ(Opportunity().stage(), "contract");
    week("1,Won,1,2025-01-01,2025-03-01,Ben,10,\n");
    EXPECT_EQ(Opportunity().stage_type(), opportunity::v1::STAGE_TYPE_WON);
    week("1,Lost,1,2025-01-01,2025-03-01,Ben,10,\n");
    EXPECT_EQ(Opportunity().stage_type(), opportunity::v1::STAGE_TYPE_LOST);
  }
  const int writes = fake_.writes;
  Import();
  EXPECT_EQ(fake_.writes, writes);
}

TEST_F(ImportUpdateTest, ADisqualifiedLeadIsTakenUpAgain) {
  Map(R"("mode": "update", "allow_back": true, )");
  for (int round = 0; round < 2; ++round) {
    Sales("1,Bad,1,2025-01-01,2025-02-01,Ben,,\n");
    Import();
    EXPECT_EQ(Lead().state(), lead::v1::LEAD_STATE_DISQUALIFIED);
    Sales("1,Talk,1,2025-01-01,,Ben,,\n");
    Import();
    EXPECT_EQ(Lead().state(), lead::v1::LEAD_STATE_WORKING);
  }
}

// First all as being worked, so that evidence can be recorded, then as they are: what stays given
// up does not come and go with each export.
TEST_F(ImportUpdateTest, WhatALaterPartGivesUpIsNotTakenUpBeforeIt) {
  mapping_ = *Mapping::Parse(R"({"name": "t", "mode": "update", "allow_back": true, "files": [
    {"entity": "deal", "file": "deals.csv", "key": "no", "stages": {"*": "WORKING"},
     "fields": {"stage": "stage", "opened": "opened"}},
    {"entity": "deal", "file": "deals.csv", "key": "no",
     "stages": {"Talk": "WORKING", "Bad": "DISQUALIFIED"},
     "fields": {"stage": "stage", "opened": "opened", "close_date": "close"}}]})");
  Sales("1,Bad,,2025-01-01,2025-02-01,,,\n");
  Import();
  EXPECT_EQ(Lead().state(), lead::v1::LEAD_STATE_DISQUALIFIED);
  const int writes = fake_.writes;
  Import();
  EXPECT_EQ(fake_.writes, writes);
  Sales("1,Talk,,2025-01-01,,,,\n");
  EXPECT_EQ(Import()[0].updated, 1) << "by the first part";
  EXPECT_EQ(Lead().state(), lead::v1::LEAD_STATE_WORKING);
}

// Of every kind of row; what an older export has and nobody knows is made.
TEST_F(ImportUpdateTest, AnOlderExportIsKnownAsOneAndToldSo) {
  const auto import = [this](int day, const char* name) {
    Map(R"("mode": "update", )");
    mapping_.exported = absl::FromCivil(absl::CivilDay(2025, 5, day), absl::UTCTimeZone());
    Write("companies.csv", absl::StrCat("no,name,mail\n1,", name, ",\n"));
    Write("people.csv", absl::StrCat("no,name,works_at\n1,", name, ",1\n"));
    Sales(absl::StrCat("1,Offer,1,2025-01-01,2031-01-01,", name, ",10,\n"));
    return Import();
  };
  import(8, "Newer");
  const std::string held = Held();
  for (const ToldOutcome& each : import(1, "Older")) {
    EXPECT_EQ(each.older, 1) << each.label;
    EXPECT_EQ(each.unchanged, 1) << each.label;
  }
  EXPECT_EQ(Held(), held);
  for (const ToldOutcome& each : import(8, "Newer")) EXPECT_EQ(each.older, 0) << each.label;
  for (const ToldOutcome& each : import(9, "Newest")) EXPECT_EQ(each.updated, 1) << each.label;
}

// The company and its owner have one address: whatever hangs on the person hangs on the company.
TEST_F(ImportUpdateTest, TheContactThatHasAnAddressMayBeUsedInstead) {
  const std::string acme = "contacts/" + ids_.Organization("1").ToString();
  Map(R"("duplicates": "attach", )");
  Write("companies.csv", "no,name,mail\n0,Mother,\n1,Acme,a@acme.example\n");
  const std::string taken = "contacts/" + ids_.Person("1").ToString();
  fake_.before = [&](const std::string& method, const std::string& subject) {
    return method == "CreateContact" && subject == taken ? client::HeldBy(acme) : grpc::Status::OK;
  };
  for (int run = 0; run < 2; ++run) {
    const auto outcomes = Import();
    EXPECT_EQ(outcomes[1].unchanged, 1);
    ASSERT_EQ(outcomes[1].warnings.size(), 1u);
    EXPECT_THAT(outcomes[1].warnings[0].reason, HasSubstr(acme + " is used"));
    EXPECT_EQ(outcomes[2].failed + outcomes[3].failed, 0);
  }
  EXPECT_EQ(fake_.opportunities.begin()->second.contact(), acme);
  EXPECT_FALSE(fake_.contacts.contains(taken));
}

}  // namespace
}  // namespace crm::crmctl
