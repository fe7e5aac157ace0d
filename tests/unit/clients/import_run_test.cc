#include "clients/crmctl/import/import_run.h"

#include <gmock/gmock.h>

#include "tests/unit/clients/import_run_fixture.h"

namespace crm::crmctl {
namespace {

using client::Refusal;
using testing::HasSubstr;
using testing::Not;

TEST_F(ImportRunTest, BringsEveryRowWhereItBelongs) {
  const auto outcomes = Import();
  ASSERT_TRUE(status_.ok()) << status_;
  EXPECT_EQ(outcomes[0].created, 2);
  EXPECT_EQ(outcomes[1].created, 4);
  EXPECT_EQ(outcomes[1].failed, 0);
  ExpectComplete();
  EXPECT_EQ(fake_.tenant, "acme");
}

TEST_F(ImportRunTest, ASecondRunChangesNothingAndReadsInBatches) {
  Import();
  const std::string held = Held();
  const int writes = fake_.writes;
  fake_.counts.clear();
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[0].unchanged, 2);
  EXPECT_EQ(outcomes[1].unchanged, 4);
  EXPECT_EQ(fake_.writes, writes);
  EXPECT_EQ(Held(), held);
  // Of companies one for those below none, and one for those below these.
  EXPECT_EQ(fake_.counts,
            (std::map<std::string, int>{
                {"BatchGetContacts", 2}, {"BatchGetLeads", 1}, {"BatchGetOpportunities", 1}}));
}

TEST_F(ImportRunTest, LeadsAreQualifiedWithTheirMakingWhereTheServiceCan) {
  Import();
  EXPECT_EQ(fake_.counts["CreateLead"], 4);
  EXPECT_EQ(fake_.counts["QualifyLead"], 0);
  const std::string held = Held();
  fake_.leads.clear();
  fake_.opportunities.clear();
  fake_.requests.clear();
  fake_.counts.clear();
  fake_.qualifies_at_once = false;
  EXPECT_EQ(Import()[1].created, 4);
  EXPECT_EQ(fake_.counts["QualifyLead"], 3);
  EXPECT_EQ(Held(), held);
}

TEST_F(ImportRunTest, ABadRowStopsNoOther) {
  fake_.before = [this](const std::string& method, const std::string& subject) {
    const bool bad = method == "ConvertLead" && subject == "leads/" + ids_.Lead("D1").ToString();
    return bad ? Refusal(grpc::StatusCode::INVALID_ARGUMENT, "EFFECTIVE_TIME_INVALID")
               : grpc::Status::OK;
  };
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[1].created, 3);
  ASSERT_EQ(outcomes[1].rejected.size(), 1u);
  EXPECT_EQ(outcomes[1].rejected[0].line, 2);
  EXPECT_THAT(outcomes[1].rejected[0].reason,
              HasSubstr("convert: INVALID_ARGUMENT EFFECTIVE_TIME_INVALID"));
  fake_.before = nullptr;
  EXPECT_EQ(Import()[1].created, 1) << "mended, it goes on where it was";
  ExpectComplete();
}

// Of a run that was stopped too, and none of an earlier run.
TEST_F(ImportRunTest, RefusedRowsAreInTheirFileAsSoonAsTheyAreDone) {
  Deals(
      "D1,Ann,X,Acme,Won,2025-01-02,,1054\n"
      "D1,Ann,X,Acme,Talk,,,\n"
      "D2,Ann,X,Nobody,Talk,,,\n"
      "D4,Ann,X,,Talk,,,\n");
  bool over = false;
  fake_.before = [&](const std::string& method, const std::string&) {
    over |= method == "CreateLead";
    return grpc::Status::OK;
  };
  const auto outcomes = Import([&] {
    absl::MutexLock lock(&fake_.mutex);
    return over;
  });
  EXPECT_TRUE(stopped_);
  EXPECT_EQ(outcomes[1].failed, 2);
  EXPECT_EQ(
      Text("rejects.csv"),
      "file,line,reason,row\n"
      "deals.csv,2,closed: is required for Won,\"D1,Ann,X,Acme,Won,2025-01-02,,1054\"\n"
      "deals.csv,4,\"company (organization): \"\"Nobody\"\" is not among the rows that can be "
      "imported\",\"D2,Ann,X,Nobody,Talk,,,\"\n");
  EXPECT_EQ(Text("rejects.csv.d/deals.csv"),
            "\xEF\xBB\xBFid,agent,product,company,stage,opened,closed,value\n"
            "D1,Ann,X,Acme,Won,2025-01-02,,1054\nD2,Ann,X,Nobody,Talk,,,\n");
  fake_.before = nullptr;
  Deals("D1,Ann,X,Acme,Talk,,,\n");
  Import();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/rejects.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/rejects.csv.d"));
  // A folder of that name that is somebody's stays as it is.
  std::filesystem::create_directory(folder_ + "/rejects.csv.d");
  std::ofstream(folder_ + "/rejects.csv.d/notes.txt") << "mine";
  Import();
  EXPECT_EQ(Text("rejects.csv.d/notes.txt"), "mine");
}

TEST_F(ImportRunTest, WhetherRefusedRowsCanBeWrittenIsKnownBefore) {
  EXPECT_EQ(RejectsWriter::CheckPlace(folder_ + "/new.csv"), absl::OkStatus());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/new.csv"));
  Write("old.csv", "what another run has refused");
  EXPECT_EQ(RejectsWriter::CheckPlace(folder_ + "/old.csv"), absl::OkStatus());
  EXPECT_EQ(Text("old.csv"), "what another run has refused");
  EXPECT_TRUE(absl::IsPermissionDenied(RejectsWriter::CheckPlace(folder_ + "/gone/new.csv")));
  EXPECT_TRUE(absl::IsInvalidArgument(RejectsWriter::CheckPlace(folder_)));
  EXPECT_TRUE(absl::IsInvalidArgument(RejectsWriter::CheckPlace("/dev/null")));
}

// Also where the service refused it, or another part of the mapping did: neither its key nor its
// address is taken by itself.
TEST_F(ImportRunTest, ARowThatOnlyTheRunRefusedCanBeMended) {
  mapping_ = *Mapping::Parse(R"({"name": "t", "files": [
    {"entity": "organization", "file": "companies.csv", "key": "company",
     "fields": {"display_name": "company", "email": "owner"}},
    {"entity": "organization", "file": "companies.csv", "label": "again", "key": "company",
     "fields": {"display_name": "company", "founded_year": "people"}}]})");
  Companies("Acme,1950,,a@acme.example\nBolt,1950,,b@bolt.example\n");
  std::filesystem::create_directory(folder_ + "/mended");
  Write("mended/companies.csv",
        "company,people,revenue,owner\nBolt,1960,,b@bolt.example\nBolt,1970,,\n");
  const std::vector<LoadedFile> files = Load(folder_ + "/mended");
  for (const LoadedFile& file : files) {
    ASSERT_EQ(file.contacts.size(), 1u) << testing::PrintToString(file.rejected.size());
    EXPECT_EQ(file.contacts[0].key, "Bolt");
    ASSERT_EQ(file.rejected.size(), 1u);
    EXPECT_THAT(file.rejected[0].reason, HasSubstr("stands on line 2 already"));
  }
  EXPECT_EQ(files[0].contacts[0].contact.emails_size(), 1);
  EXPECT_EQ(files[1].contacts[0].contact.organization().founded_year(), 1960);
}

TEST_F(ImportRunTest, RowsOfACompanyThatFailedFailWithIt) {
  fake_.before = [this](const std::string& method, const std::string& subject) {
    const bool bad = method == "CreateContact" &&
                     subject == "contacts/" + ids_.Organization("Mother").ToString();
    return bad ? Refusal(grpc::StatusCode::ALREADY_EXISTS, "DUPLICATE_CONTACT") : grpc::Status::OK;
  };
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[0].failed, 2);
  EXPECT_EQ(outcomes[1].failed, 2);
  EXPECT_EQ(outcomes[1].created, 2);
  EXPECT_THAT(outcomes[1].rejected[0].reason, HasSubstr("\"Acme\" could not be imported"));
}

TEST_F(ImportRunTest, LostAnswersMakeNothingTwice) {
  int calls = 0;
  fake_.after = [&](const std::string&) {
    return ++calls % 2 == 1 ? Refusal(grpc::StatusCode::UNAVAILABLE, "COMMIT_IN_DOUBT")
                            : grpc::Status::OK;
  };
  EXPECT_EQ(Import()[1].created, 4);
  ExpectComplete();
}

TEST_F(ImportRunTest, EffectsAreFoundAlsoWhenTheirRequestIdsAreForgotten) {
  fake_.remember_requests = false;
  int calls = 0;
  fake_.after = [&](const std::string& method) {
    const bool lost = !method.starts_with("Get") && ++calls % 2 == 1;
    return lost ? Refusal(grpc::StatusCode::UNAVAILABLE, "COMMIT_IN_DOUBT") : grpc::Status::OK;
  };
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[0].failed + outcomes[1].failed, 0)
      << (outcomes[1].rejected.empty() ? "" : outcomes[1].rejected[0].reason);
  ExpectComplete();
}

TEST_F(ImportRunTest, AStoppedRunIsTakenUpByTheNext) {
  int asked = 0;
  fake_.before = [&](const std::string&, const std::string&) {
    ++asked;
    return grpc::Status::OK;
  };
  const auto enough = [&] {
    absl::MutexLock lock(&fake_.mutex);
    return asked >= 8;
  };
  const auto first = Import(enough);
  EXPECT_TRUE(stopped_);
  EXPECT_EQ(first[0].failed + first[1].failed, 0);
  fake_.before = nullptr;
  Import();
  ExpectComplete();
}

TEST_F(ImportRunTest, GivesUpWhenNothingAnswersAnyMoreAndTheNextRunGoesOn) {
  give_up_ = absl::Milliseconds(300);
  fake_.before = [](const std::string& method, const std::string&) {
    const bool away = method == "WinOpportunity" || method == "LoseOpportunity";
    return away ? Refusal(grpc::StatusCode::UNAVAILABLE, "AWAY") : grpc::Status::OK;
  };
  const absl::Time start = absl::Now();
  const auto first = Import();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5)) << "far less than a call is tried";
  EXPECT_TRUE(status_.ok()) << status_;
  EXPECT_TRUE(stopped_);
  EXPECT_EQ(outage_.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(outage_.message(), HasSubstr("the opportunity service does not answer (UNAVAILABLE"));
  EXPECT_THAT(outage_.message(), Not(HasSubstr("lead service")));
  EXPECT_EQ(first[1].created, 2) << "what needs no closing is done";
  EXPECT_EQ(first[1].failed, 0) << "the others are left, not failed";

  fake_.before = nullptr;
  give_up_ = absl::Seconds(30);
  EXPECT_EQ(Import()[1].created, 2);
  EXPECT_TRUE(outage_.ok());
  ExpectComplete();
}

TEST_F(ImportRunTest, ARefusalIsAnAnswer) {
  give_up_ = absl::Milliseconds(300);
  int refusals = 0;
  fake_.before = [&](const std::string& method, const std::string&) {
    if (method != "CreateLead") return grpc::Status::OK;
    ++refusals;
    return Refusal(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID");
  };
  EXPECT_EQ(Import()[1].failed, 4);
  EXPECT_EQ(refusals, 4);
  EXPECT_TRUE(outage_.ok()) << outage_;
  EXPECT_FALSE(stopped_);
}

TEST_F(ImportRunTest, AServiceThatStaysAwayEndsTheRunWithItsError) {
  fake_.before = [](const std::string& method, const std::string&) {
    return method == "BatchGetLeads" ? Refusal(grpc::StatusCode::PERMISSION_DENIED, "DENIED")
                                     : grpc::Status::OK;
  };
  const auto outcomes = Import();
  EXPECT_EQ(status_.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(outcomes[0].created, 2);
  EXPECT_EQ(outcomes[1].Done(), 0);
}

TEST_F(ImportRunTest, WhatPeopleDidSinceIsLeftAlone) {
  Import();
  fake_.leads["leads/" + ids_.Lead("D4").ToString()].set_state(lead::v1::LEAD_STATE_DISQUALIFIED);
  for (auto& [name, each] : fake_.opportunities) {
    if (each.stage_type() == opportunity::v1::STAGE_TYPE_WON) {
      each.set_stage_type(opportunity::v1::STAGE_TYPE_LOST);
    }
  }
  const auto outcomes = Import();
  EXPECT_EQ(outcomes[1].unchanged, 3);
  ASSERT_EQ(outcomes[1].failed, 1);
  EXPECT_THAT(outcomes[1].rejected[0].reason, HasSubstr("the opportunity is LOST"));
}

}  // namespace
}  // namespace crm::crmctl
