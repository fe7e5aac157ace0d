// Services whose neighbours' events have left Redis and log before they were read: what they make
// of the neighbours' history in their place.

#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/fault/canary_fleet.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using event::v1::ListStageEventsRequest;
using event::v1::ListStageMovesRequest;
using event::v1::StageChanged;
using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

// By event id.
using Moves = std::map<std::string, StageChanged>;

class AgedOutFaultTest : public CanaryFleet {
 protected:
  AgedOutFaultTest() : CanaryFleet("CRM_AGED_OUT_EVENTS=rebuild") {}

  std::string Open(const std::string& contact) {
    opportunity::v1::OpenOpportunityRequest request;
    request.mutable_opportunity()->set_display_name(Text());
    request.mutable_opportunity()->set_contact(contact);
    return Call(request).opportunity().name();
  }
  void Reopen(const std::string& name) {
    opportunity::v1::ReopenOpportunityRequest request;
    request.set_name(name);
    request.set_stage("discovery");
    request.set_reason(Text());
    Call(request);
  }

  Moves Logged(Service service) {
    Moves moves;
    ListStageEventsRequest request;
    const auto page = client_.CallOn(service, request);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const auto& event : page->events()) {
      if (event.change().version() > 0) moves[event.change().event_id()] = event.change();
    }
    return moves;
  }
  Moves Kept(Service service) {
    Moves moves;
    ListStageMovesRequest request;
    request.set_page_size(7);
    do {
      const auto page = client_.CallOn(service, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return {};
      for (const StageChanged& move : page->moves()) moves[move.event_id()] = move;
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return moves;
  }
  // Empty if history tells each move as its event did, but for what it does not keep.
  std::string Difference(Service service) {
    Moves logged = Logged(service);
    Moves kept = Kept(service);
    EXPECT_GT(kept.size(), 3u);
    if (logged.size() != kept.size()) return absl::StrCat(logged.size(), ", ", kept.size());
    for (auto& [id, move] : logged) {
      move.clear_correlation_id();
      move.clear_traceparent();
      move.clear_revision();
      move.clear_method();
      move.clear_changes();
      if (service == Service::kLead) move.clear_opportunity();
      if (service == Service::kContact) {
        move.clear_causation_id();
        move.clear_lead();
        move.clear_opportunity();
        if (absl::StartsWith(move.subject(), "accounts/")) move.clear_contact();
      }
      std::string difference;
      MessageDifferencer differencer;
      differencer.ReportDifferencesToString(&difference);
      if (!differencer.Compare(move, kept[id])) return absl::StrCat(move.subject(), difference);
    }
    return "";
  }

  // What crm-contact's command "consumers" prints.
  std::string Consumers(const std::string& words) {
    const struct Outcome outcome =
        RunScript(absl::StrCat("exec ", Quoted(BuildFolder()), "/bin/crm-contact consumers ", words,
                               " --database-url ", Quoted(PostgresServer::Shared().Url(database_)),
                               " --lead-address ", The(Service::kLead).address(),
                               " --opportunity-address ", The(Service::kOpportunity).address()));
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return outcome.output;
  }

  bool AwaitSql(const std::string& sql, const std::string& answer) {
    return Await(kLong, [&] { return Sql(sql) == answer; });
  }
  // All but the last event of each neighbour.
  void AgeOut() {
    for (const char* service : {"crm_lead", "crm_opportunity"}) {
      ASSERT_TRUE(AwaitSql(absl::StrCat("SELECT count(*) FROM ", service, ".outbox_in"), "0"));
      Sql(absl::StrCat(
          "SET search_path TO ", service,
          "; UPDATE event_stream SET floor_seq = last_seq; DELETE FROM event_log WHERE "
          "seq < (SELECT last_seq FROM event_stream)"));
    }
    redis_.FlushAll();
  }
};

// Of each kind: how many there are and how many there should be, by those whose things they are.
constexpr char kFigures[] =
    "SELECT (SELECT count(*) FROM crm_contact.account_win) = (SELECT count(*) FROM "
    "crm_opportunity.opportunity WHERE stage_type = 'WON'), (SELECT sum(live_opportunities) FROM "
    "crm_contact.contact_lifecycle) = (SELECT count(*) FROM crm_opportunity.opportunity WHERE "
    "stage_type = 'OPEN'), (SELECT sum(live_leads) FROM crm_contact.contact_lifecycle) = (SELECT "
    "count(*) FROM crm_lead.lead WHERE state NOT IN ('CONVERTED', 'DISQUALIFIED')), (SELECT "
    "count(*) FROM crm_lead.sale_change WHERE state = 'WON') = (SELECT count(*) FROM "
    "crm_opportunity.stage_history JOIN crm_opportunity.opportunity ON id = aggregate WHERE lead "
    "IS NOT NULL AND to_type = 'WON')";

TEST_F(AgedOutFaultTest, AreMadeGoodByWhatIsKeptForEver) {
  const std::string known = Person(false);
  const std::string old = Open(known);
  ASSERT_TRUE(AwaitSql(kFigures, "t|t|t|t"));
  EXPECT_EQ(Difference(Service::kContact), "");
  EXPECT_EQ(Difference(Service::kLead), "");
  EXPECT_EQ(Difference(Service::kOpportunity), "");

  auto contacts = Hold("crm_contact.consumer_inbox");
  auto leads = Hold("crm_lead.consumer_inbox");
  const std::string newcomer = Contact(true);
  Leads(newcomer);
  // Whatever a consumer has in its hands cannot age out: the rest happens while each waits.
  ASSERT_TRUE(
      AwaitSql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event_type = 'Lock'",
               "3"));
  Win(old);
  const std::string reopened = Open(newcomer);
  Win(reopened);
  Reopen(reopened);
  Lead(newcomer);
  EXPECT_NE(Sql(kFigures), "t|t|t|t") << "nobody has read it";
  AgeOut();
  Release(std::move(contacts));
  Release(std::move(leads));

  EXPECT_TRUE(AwaitSql(kFigures, "t|t|t|t")) << Sql(kFigures);
  EXPECT_EQ(Sql(absl::StrCat("SELECT stage FROM crm_contact.contact WHERE id = '",
                             newcomer.substr(9), "'")),
            "CUSTOMER");
  for (const Service service : {Service::kContact, Service::kLead}) {
    // Said behind the commit.
    EXPECT_TRUE(Await(kLong, [&] {
      return absl::StrContains(The(service).Output(), "has read the publisher's whole history");
    })) << The(service).Output();
    EXPECT_EQ(Sql(absl::StrCat("SELECT count(*) FROM crm_", The(service).name(), ".dead_letter")),
              "0");
  }

  // And by order, beside the service: it knows them all.
  EXPECT_THAT(Consumers("rebuild opportunity"), HasSubstr(" s, 0 became dead letters"));
  EXPECT_EQ(Sql(kFigures), "t|t|t|t");
  EXPECT_TRUE(Await(kLong, [&] {
    return absl::StrContains(Consumers(""), "\t0\t0\t0\t0\ncontact.lifecycle");
  })) << Consumers("");
}

}  // namespace
}  // namespace crm::testing
