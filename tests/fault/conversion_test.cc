// Conversions under faults, with the real services: whatever dies, hangs or is lost, in the end
// every lead is QUALIFIED with nothing left over, or CONVERTED with exactly the one opportunity
// that its conversion names.

#include "tests/fault/conversion_fixture.h"

namespace crm::testing {
namespace {

// Before and after each commit and call of a conversion.
constexpr const char* kPlaces[] = {"conversion.begin",   "conversion.begun",  "conversion.order",
                                   "conversion.ordered", "conversion.settle", "conversion.settled",
                                   "conversion.link",    "conversion.linked"};

class EveryFaultTest : public ConversionFaultTest {
 protected:
  // What is converted; `begun` is to be COMPLETED in the end.
  std::vector<std::vector<ConvertLeadRequest>> begun_;

  std::vector<ConvertLeadRequest> Leads(int count) {
    std::vector<ConvertLeadRequest> requests;
    for (int i = 0; i < count; ++i) requests.push_back(Request());
    begun_.push_back(requests);
    return requests;
  }
  // The same, the last one to be attached; the contacts get an organization that is made.
  std::vector<ConvertLeadRequest> MixedLeads(int count) {
    std::vector<ConvertLeadRequest> requests = Leads(count);
    requests.back() = ToBeAttached(requests.back().name());
    for (ConvertLeadRequest& request : requests) {
      request.mutable_new_organization()->set_display_name("Acme");
    }
    begun_.back() = requests;
    return requests;
  }

  ConvertLeadRequest ToBeAttached(const std::string& lead) {
    return AttachRequest(lead, Unattached(Get(lead).contact()));
  }

  void FiftyEqualCalls() {
    const ConvertLeadRequest request = Leads(1)[0];
    std::set<std::string> answers;
    for (const auto& outcome :
         Convert(std::vector<ConvertLeadRequest>(50, request), absl::Seconds(30))) {
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      if (outcome.ok()) answers.insert(outcome->SerializeAsString());
    }
    EXPECT_EQ(answers.size(), 1u);
    ConvertLeadRequest other = request;
    other.set_owner("someone else");
    EXPECT_EQ(ReasonOf(other), "REQUEST_ID_REUSED");
    Sql("DELETE FROM crm_lead.idempotency");
    EXPECT_EQ(ReasonOf(other), "REQUEST_ID_REUSED") << "the key has expired";
    const auto again = client_.Call(request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->opportunity(), Get(request.name()).opportunity());
  }

  void SeveralRequestsForOneLead() {
    std::vector<ConvertLeadRequest> rivals(10, Request());
    for (ConvertLeadRequest& rival : rivals) rival.set_request_id(NewUuid());
    int won = 0;
    for (const auto& outcome : Convert(rivals, absl::Seconds(30))) {
      won += outcome.ok() ? 1 : 0;
      EXPECT_EQ(error::ReasonOf(outcome.status()), outcome.ok() ? "" : "STATE_INVALID");
    }
    EXPECT_EQ(won, 1);
  }

  // Its contact is that of all of them. Those who come late find it taken, before they begin or
  // after.
  void SeveralLeadsForOneOpportunity() {
    const std::string contact = "contacts/" + NewUuid();
    const std::string opportunity = Unattached(contact);
    std::vector<ConvertLeadRequest> rivals;
    for (int i = 0; i < 4; ++i) rivals.push_back(AttachRequest(Qualified(contact), opportunity));
    int won = 0;
    for (const auto& outcome : Convert(rivals, absl::Seconds(30))) {
      won += outcome.ok() ? 1 : 0;
      EXPECT_THAT(error::ReasonOf(outcome.status()),
                  ::testing::AnyOf("", "OTHER_LEAD", "CONVERSION_REFUSED"));
    }
    EXPECT_EQ(won, 1);
  }

  void AnotherTenantsOpportunity() {
    const ConvertLeadRequest request = AttachRequest(Qualified(), "opportunities/" + NewUuid());
    Sql(
        absl::StrCat("INSERT INTO crm_opportunity.opportunity SELECT (jsonb_populate_record(o, "
                     "jsonb_build_object('tenant', 'stranger', 'id', '",
                     request.opportunity().substr(14),
                     "', 'lead', NULL))).* FROM crm_opportunity.opportunity o LIMIT 1"));
    EXPECT_EQ(ReasonOf(request), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(Get(request.name()).state(), lead::v1::LEAD_STATE_QUALIFIED);
  }

  // Beside its conversion, before and after.
  void OpeningsByHand() {
    const std::string lead = Qualified();
    opportunity::v1::OpenOpportunityRequest open;
    open.mutable_opportunity()->set_display_name("By hand");
    open.mutable_opportunity()->set_contact(Get(lead).contact());
    open.mutable_opportunity()->set_lead("leads/" + NewUuid());
    EXPECT_EQ(error::ReasonOf(client_.Call(open).status()), "REFERENCE_NOT_FOUND");
    EXPECT_EQ(ReasonOf(ToBeAttached(lead)), "");
    open.mutable_opportunity()->set_lead(lead);
    EXPECT_EQ(error::ReasonOf(client_.Call(open).status()), "DUPLICATE_ID");
  }

  void ARefusal() {
    const ConvertLeadRequest refused = Request("pipelines/none");
    for (int i = 0; i < 2; ++i) EXPECT_EQ(ReasonOf(refused), "CONVERSION_REFUSED");
  }

  // Returns those that are refused in the end; the others' opportunities are made or will be.
  std::vector<ConvertLeadRequest> TheOrchestratorDies() {
    std::vector<std::vector<ConvertLeadRequest>> groups;
    for (size_t i = 0; i < std::size(kPlaces); ++i) groups.push_back(MixedLeads(3));
    // A refusal that nobody hears, one whose compensation fails, and one because what was to be
    // attached to is deleted half-way.
    const ConvertLeadRequest unheard = Request("pipelines/none");
    const ConvertLeadRequest undecided = Request("pipelines/none");
    const ConvertLeadRequest doomed = ToBeAttached(Qualified());
    const std::vector<ConvertLeadRequest> lost = MixedLeads(3);
    End(Lead(0), SIGTERM);
    End(Lead(1), SIGTERM);
    CrashAt("conversion.ordered", {unheard});
    CrashAt("conversion.settle", {undecided});
    CrashAt("conversion.begun", {doomed});
    DeleteOpportunityRequest remove;
    remove.set_name(doomed.opportunity());
    EXPECT_TRUE(client_.Call(remove).ok());
    for (size_t i = 0; i < std::size(kPlaces); ++i) CrashAt(kPlaces[i], groups[i]);
    StartWith("conversion.reply_lost=take");
    Begin(lost);
    EXPECT_TRUE(absl::StrContains(Lead(0).Output(), "failpoint conversion.reply_lost take"));
    End(Lead(0), SIGKILL);
    Lead(0).Start();
    Lead(1).Start();
    EXPECT_TRUE(Await(absl::Minutes(1), [&] { return !ReasonOf(unheard).empty(); }));
    DeleteOneOf(groups[4]);
    for (const auto& group : groups) EditByHand(group.back().opportunity());
    EditByHand(lost.back().opportunity());
    return {unheard, undecided, doomed};
  }

  // Attached to already or not: what a person has written stays.
  void EditByHand(const std::string& opportunity) {
    opportunity::v1::UpdateOpportunityRequest update;
    update.mutable_opportunity()->set_name(opportunity);
    update.mutable_opportunity()->set_owner("a person");
    update.mutable_opportunity()->add_interests("what a person wrote");
    if (client_.Call(update).ok()) ++edited_;
  }
  int edited_ = 0;

  // While its conversion is half done.
  void DeleteOneOf(const std::vector<ConvertLeadRequest>& requests) {
    EXPECT_TRUE(std::any_of(requests.begin(), requests.end(), [&](const auto& request) {
      const lead::v1::Lead lead = Get(request.name());
      if (lead.state() != lead::v1::LEAD_STATE_CONVERTING) return false;
      DeleteOpportunityRequest remove;
      remove.set_name(lead.opportunity());
      return client_.Call(remove).ok();
    }));
  }

  void TheCalleeHangs() {
    const std::vector<ConvertLeadRequest> requests = Leads(2);
    for (Replica* callee : fleet_.Of(Service::kOpportunity)) callee->Pause();
    Begin(requests);
    lead::v1::UpdateLeadRequest update;
    update.mutable_lead()->set_name(requests[0].name());
    update.mutable_lead()->set_owner("someone else");
    EXPECT_EQ(error::ReasonOf(client_.Call(update).status()), "STATE_INVALID");
    lead::v1::DisqualifyLeadRequest disqualify;
    disqualify.set_name(requests[0].name());
    disqualify.set_reason(lead::v1::DISQUALIFY_REASON_NO_NEED);
    EXPECT_EQ(error::ReasonOf(client_.Call(disqualify).status()), "STATE_INVALID");
    for (Replica* callee : fleet_.Of(Service::kOpportunity)) callee->Signal(SIGCONT);
    // Its opportunity is not there yet, and is the only one that it can have.
    opportunity::v1::OpenOpportunityRequest open;
    open.mutable_opportunity()->set_display_name("By hand");
    open.mutable_opportunity()->set_contact(Get(requests[0].name()).contact());
    open.mutable_opportunity()->set_lead(requests[0].name());
    EXPECT_TRUE(Await(absl::Minutes(1), [&] {
      return error::ReasonOf(client_.Call(open).status()) == "DUPLICATE_ID";
    }));
  }

  // Beyond the deadline; then it succeeds.
  void TheCalleeIsSlow() {
    const std::vector<ConvertLeadRequest> requests = Leads(2);
    pg::ConnectionOptions options;
    options.url = postgres().Url(database_);
    options.schema = "crm_opportunity";
    auto holder = pg::Connection::Open(options).value();
    ASSERT_TRUE(holder->Execute("BEGIN; LOCK TABLE opportunity IN EXCLUSIVE MODE").ok());
    Begin(requests);
    ASSERT_TRUE(holder->Execute("ROLLBACK").ok());
  }

  void TheCalleeDies() {
    const std::vector<ConvertLeadRequest> requests = Leads(2);
    for (Replica* callee : fleet_.Of(Service::kOpportunity)) End(*callee, SIGKILL);
    Begin(requests);
    for (Replica* callee : fleet_.Of(Service::kOpportunity)) callee->Start();
  }

  // The first of each group is asked for again, and so is what had not begun when all died; the two
  // completers do the rest, as if the leases of the dead had run out.
  void Recover() {
    Sql("UPDATE crm_lead.conversion SET next_attempt_time = now() WHERE state = 'STARTED' AND "
        "refused_time IS NULL");
    for (const auto& group : begun_) {
      for (const ConvertLeadRequest& request : group) {
        const bool begun = Get(request.name()).state() != lead::v1::LEAD_STATE_QUALIFIED;
        if (begun && &request != &group[0]) continue;
        EXPECT_TRUE(Await(absl::Minutes(1), [&] { return client_.Call(request).ok(); }));
      }
    }
    for (const auto& group : begun_) {
      for (const ConvertLeadRequest& request : group) {
        EXPECT_EQ(EndOf(request), lead::v1::CONVERSION_STATE_COMPLETED);
      }
    }
  }
};

TEST_F(EveryFaultTest, EveryLeadEndsWhole) {
  FiftyEqualCalls();
  SeveralRequestsForOneLead();
  SeveralLeadsForOneOpportunity();
  AnotherTenantsOpportunity();
  OpeningsByHand();
  ARefusal();
  const std::vector<ConvertLeadRequest> refused = TheOrchestratorDies();
  TheCalleeHangs();
  TheCalleeIsSlow();
  TheCalleeDies();
  Recover();
  for (const ConvertLeadRequest& request : refused) {
    EXPECT_EQ(EndOf(request), lead::v1::CONVERSION_STATE_COMPENSATED);
  }
  EXPECT_EQ(Broken(), "0");
  EXPECT_EQ(Sql("SELECT state, count(*) FROM crm_lead.lead GROUP BY state ORDER BY state"),
            "CONVERTED|37\nQUALIFIED|8");
  ExpectEmployers(begun_);
  EXPECT_EQ(Sql("SELECT count(*) FROM crm_opportunity.opportunity WHERE tenant <> 'stranger'"),
            "38");
  EXPECT_GE(edited_, static_cast<int>(std::size(kPlaces)));
  EXPECT_EQ(Sql("SELECT count(*) FROM crm_opportunity.opportunity WHERE owner = 'a person' AND "
                "details::text LIKE '%what a person wrote%' AND lead IS NOT NULL"),
            absl::StrCat(edited_));
}

// Nobody tells the opportunity service what leads have become.
class UnwatchedLeadsTest : public ConversionFaultTest {
 protected:
  UnwatchedLeadsTest() : ConversionFaultTest("CRM_LEAD_ADDRESS=" + Book().address()) {}

  static LeadBook& Book() {
    static LeadBook book;
    return book;
  }
};

// The invariant notices what it is there for: ids that are not fixed at the beginning.
TEST_F(UnwatchedLeadsTest, WithoutFixedIdsLeadsAreNotWhole) {
  const ConvertLeadRequest request = Request();
  EXPECT_EQ(Broken(), "0");
  End(Lead(0), SIGTERM);
  End(Lead(1), SIGTERM);
  StartWith("conversion.other_ids=take");
  EXPECT_TRUE(Await(absl::Minutes(1), [&] { return client_.Call(request).ok(); }));
  EXPECT_TRUE(absl::StrContains(Lead(0).Output(), "failpoint conversion.other_ids take"));
  EXPECT_EQ(Broken(), "1");
}

// What ships has no failpoints.
TEST(FailpointTest, ProgramsThatShipHaveNone) {
  const auto has = [](const std::string& program) {
    return RunScript(absl::StrCat("grep -q 'conversion[.]settled' ",
                                  Quoted(BuildFolder() + "/" + program)))
               .code == 0;
  };
  EXPECT_TRUE(has("failpoints/crm-lead"));
  EXPECT_FALSE(has("bin/crm-lead"));
}

}  // namespace
}  // namespace crm::testing
