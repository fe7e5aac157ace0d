// What tests/support/leaks.h promises: personal data of a test that got somewhere else fails its
// program. Each place has a leak planted.

#include "tests/support/leaks.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>

#include "common/log/log.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "tests/integration/contact/lifecycle_fixture.h"
#include "tests/support/command.h"
#include "tests/support/personal_words.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::KeepTold;
using ::crm::testing::LookThrough;
using ::crm::testing::PersonalWords;
using ::crm::testing::PostgresServer;
using ::crm::testing::RedisServer;
using ::crm::testing::TakeLeaks;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kName[] = "Ada von Tropfen";
constexpr char kColleague[] = "Berta Winterthur";
constexpr char kElsewhere[] = "ada VON tropfen";

// Its refusals name whom they are about.
class Gossip final : public v1::ContactService::Service {
  grpc::Status GetContact(grpc::ServerContext*, const v1::GetContactRequest*,
                          v1::GetContactResponse*) override {
    return {grpc::StatusCode::NOT_FOUND, "no contact", absl::StrCat("is ", kElsewhere, " gone?")};
  }
  grpc::Status DeleteContact(grpc::ServerContext*, const v1::DeleteContactRequest*,
                             v1::DeleteContactResponse*) override {
    return {grpc::StatusCode::FAILED_PRECONDITION, absl::StrCat(kElsewhere, " is a customer")};
  }
};

class LeaksTest : public LifecycleTest {
 protected:
  // What others of this program have leaked is theirs.
  void SetUp() override {
    for (const std::string& leak : TakeLeaks()) ADD_FAILURE() << leak;
    AddContact(kName);
  }
  std::vector<std::string> Leaks() {
    LookThrough(PostgresServer::Shared().Url(database_));
    return TakeLeaks();
  }
};

TEST_F(LeaksTest, AreFoundInEventsAndInReasonsOfDeadLetters) {
  EXPECT_THAT(Leaks(), IsEmpty()) << "a name where it belongs is none";
  Sql(
      absl::StrCat("INSERT INTO outbox_in (event_id, tenant, aggregate, version, payload) VALUES "
                   "(gen_random_uuid(), 'acme', gen_random_uuid(), 1, 'says ",
                   kElsewhere, "')"));
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("crm_contact.outbox_in: ")));
  Sql("DELETE FROM outbox_in");
  Sql(
      absl::StrCat("INSERT INTO dead_letter (consumer, stream, seq, event_id, reason, attempts, "
                   "payload) VALUES ('c', 's', 1, 'e', 'Key (name)=(",
                   kName, ") already exists', 1, '')"));
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("crm_contact.dead_letter: ")));
  Sql("DELETE FROM dead_letter");
}

TEST_F(LeaksTest, AreFoundInRedis) {
  std::optional<RedisServer> redis(std::in_place);
  redis->Run({"XADD", "crm:stage-events:contact:0", "*", "data", kElsewhere});
  redis.reset();
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("Redis ")));
  redis.emplace();
  redis->Run({"SET", "crm:anything", kElsewhere});
  redis.reset();
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("Redis "))) << "not in streams alone";
}

TEST_F(LeaksTest, AreFoundInWhatThisProgramLogsAndInWhatOthersTell) {
  log::Warning("a name that is logged, as a test", {{"name", kElsewhere}});
  EXPECT_THAT(Leaks(), ElementsAre(HasSubstr("log lines of this program: ")));
  KeepTold("metrics", absl::StrCat("calls_total{by=\"", kElsewhere, "\"} 1"));
  EXPECT_THAT(Leaks(), ElementsAre(HasSubstr("\"ada von tropfen\" in …calls_total{by=")));
  EXPECT_THAT(Leaks(), IsEmpty()) << "each is told once";
  // Who works with the system is told of by right.
  AddContact(kColleague);
  Sql(absl::StrCat("UPDATE contact SET owner = '", kColleague, "'"));
  KeepTold("events", kColleague);
  EXPECT_THAT(Leaks(), IsEmpty());
}

TEST_F(LeaksTest, AreFoundInWhatCallersAreToldByFailedCalls) {
  Gossip gossip;
  int port = 0;
  const auto server = grpc::ServerBuilder()
                          .AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port)
                          .RegisterService(&gossip)
                          .BuildAndStart();
  const auto stub = v1::ContactService::NewStub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext get, remove;
  v1::GetContactResponse contact;
  v1::DeleteContactResponse deleted;
  EXPECT_FALSE(stub->GetContact(&get, {}, &contact).ok());
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("errors of calls: "))) << "in an error's details";
  EXPECT_FALSE(stub->DeleteContact(&remove, {}, &deleted).ok());
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("errors of calls: "))) << "in its message";
}

TEST_F(LeaksTest, AreFoundInErrorsThatProgramsPrint) {
  const std::string name = ::crm::testing::Quoted(kElsewhere);
  ::crm::testing::RunScript(absl::StrCat("echo 'error: NOT_FOUND'; echo '  - name: '", name));
  EXPECT_THAT(Leaks(), ElementsAre(StartsWith("errors of calls: ")));
  ::crm::testing::RunScript(absl::StrCat("echo 'error: NOT_FOUND'; echo ", name));
  EXPECT_THAT(Leaks(), IsEmpty()) << "what is asked for may be printed";
}

TEST(PersonalWords, AreWhatCanBeRecognised) {
  for (const char* text : {"Ada Lovelace", "ada@acme.example", "+41 44 668 18 00", "0446681800",
                           "Zoë-Ann Ü", "müller ag"}) {
    EXPECT_TRUE(PersonalWords::IsRecognisable(text)) << text;
  }
  for (const char* text : {"Acme", "presses", "018f0000-0000-7000-8000-00000000000a", "2026-01-31",
                           "12 345", "EVIDENCE_SOURCE_CALL", "1 2 3 4 5 6"}) {
    EXPECT_FALSE(PersonalWords::IsRecognisable(text)) << text;
  }
}

TEST(PersonalWords, AreFoundWhereverTheyBeginUnlessTheyAreToldByRight) {
  PersonalWords words;
  for (const char* word : {"Ada Lovelace", "Ada Lovelace-King", "ada@acme.example"})
    words.Add(word);
  words.Allow("by MS ADA LOVELACE");
  EXPECT_EQ(words.FirstIn("this is Ada Lovelace"), "");
  EXPECT_THAT(words.FirstIn("xxxAda Lovelace-Kingxxx"),
              StartsWith("\"ada lovelace-king\" in …xxxAda"));
  EXPECT_THAT(words.FirstIn("ADA@ACME.EXAMPLE"), StartsWith("\"ada@acme.example\""));
  EXPECT_EQ(words.FirstIn("ada@acme"), "");
}

}  // namespace
}  // namespace crm::contact::testing
