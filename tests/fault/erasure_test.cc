// Erasures over the real services: whatever is away or dies meanwhile, in the end nothing of the
// person is left in any table, stream or log line, all figures stand, and GetErasure never says
// that a service has done what it has not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/contact/domain/personal_data.h"
#include "services/lead/domain/personal_data.h"
#include "services/opportunity/domain/personal_data.h"
#include "tests/fault/canary_fleet.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What the canary is planted in: every personal column of every service.
const std::map<std::string, const base::PersonalData*>& Personal() {
  static const std::map<std::string, const base::PersonalData*> data = {
      {"contact", &contact::PersonalDataOfContacts()},
      {"lead", &lead::PersonalDataOfLeads()},
      {"opportunity", &opportunity::PersonalDataOfOpportunities()}};
  return data;
}

class ErasureFaultTest : public CanaryFleet {
 protected:
  std::string Dump(const std::string& service) {
    return absl::AsciiStrToLower(
        Sql(absl::StrCat("SELECT schema_to_xml('crm_", service, "', true, false, '')")));
  }
  // Where the canary is: tables, with the base64 of their bytes taken apart, streams and log lines.
  std::vector<std::string> Places(const std::string& canary = kCanary) {
    std::vector<std::string> places;
    for (const auto& [service, data] : Personal()) {
      const std::string rows = Dump(service);
      if (const size_t at = rows.find(canary); at != rows.npos) {
        places.push_back(absl::StrCat(service, ": ", rows.substr(at < 400 ? 0 : at - 400, 600)));
      }
      const std::string bytes =
          Sql(absl::StrCat("SELECT (SELECT count(*) FROM crm_", service,
                           ".idempotency WHERE encode(answer, 'escape')"
                           " ILIKE '%",
                           canary, "%') + (SELECT count(*) FROM crm_", service,
                           ".event_log WHERE encode(payload, 'escape') ILIKE '%", canary,
                           "%') + (SELECT count(*) FROM crm_", service,
                           ".dead_letter WHERE encode(payload, 'escape') ILIKE '%", canary, "%')"));
      if (bytes != "0") places.push_back(absl::StrCat(service, " bytes ", bytes));
    }
    for (const std::string& place : Told(canary)) places.push_back(place);
    return places;
  }
  // Where it is beside the tables, in what everybody may read: streams, log lines, metrics.
  std::vector<std::string> Told(const std::string& canary = kCanary) {
    std::map<std::string, std::string> texts;
    for (const auto& [service, data] : Personal()) {
      const std::string key = absl::StrCat("crm:stage-events:", service, ":0");
      std::string& stream = texts["stream of " + service] = redis_.Run({"XRANGE", key, "-", "+"});
      EXPECT_TRUE(absl::StrContains(stream, "stage_changed")) << service;
    }
    for (Replica* replica : fleet_.replicas()) {
      output_ += replica->Output();
      std::string& metrics = texts["metrics of " + replica->name()] = replica->Metrics();
      EXPECT_TRUE(absl::StrContains(metrics, "grpc_server_started_total")) << metrics;
    }
    texts["log"] = output_;
    EXPECT_TRUE(absl::StrContains(output_, "\"ready\""));
    std::vector<std::string> places;
    for (const auto& [place, text] : texts) {
      if (absl::StrContains(absl::AsciiStrToLower(text), canary)) places.push_back(place);
    }
    return places;
  }
  // The personal columns in which nothing was planted.
  std::vector<std::string> Unplanted() {
    std::vector<std::string> columns;
    for (const auto& [service, data] : Personal()) {
      for (const base::PersonalColumn& column : data->columns) {
        if (column.emptied == base::Emptied::kNull &&
            absl::string_view(column.column) == "organization") {
          continue;  // an id
        }
        const std::string rows =
            Sql(absl::StrCat("SELECT count(*) FROM crm_", service, ".", column.table, " WHERE ",
                             column.column, "::text ILIKE '%", kCanary, "%'"));
        if (rows == "0")
          columns.push_back(absl::StrCat(service, ".", column.table, ".", column.column));
      }
    }
    return columns;
  }
  // What no erasure may change.
  std::string Figures() {
    return Sql(
        "SELECT (SELECT string_agg(concat_ws(' ', id, state, stage_version, activity_count, "
        "state_enter_time), ',' ORDER BY id) FROM crm_lead.lead), (SELECT string_agg(concat_ws(' ',"
        " id, stage, amount_minor, stage_version, close_time), ',' ORDER BY id) FROM "
        "crm_opportunity.opportunity), (SELECT string_agg(concat_ws(' ', customer, win_count, "
        "win_sums), ',' ORDER BY id) FROM crm_contact.account), (SELECT string_agg(concat_ws(' ', "
        "id, stage, stage_version), ',' ORDER BY id) FROM crm_contact.contact), (SELECT count(*) "
        "FROM crm_lead.stage_history), (SELECT count(*) FROM crm_opportunity.stage_history)");
  }

  contact::v1::Erasure Erase(const std::string& name) {
    contact::v1::EraseContactRequest request;
    request.set_name(name);
    request.set_reason(contact::v1::ERASURE_REASON_PERSON_REQUEST);
    return Call(request).erasure();
  }
  // What `crmctl contact WORDS` does, with nobody to ask.
  struct Outcome Crmctl(const std::string& words) {
    return RunScript(
        absl::StrCat(BuildFolder(), "/bin/crmctl --contact-address ", fleet_.addresses().contact,
                     " --lead-address ", fleet_.addresses().lead, " --opportunity-address ",
                     fleet_.addresses().opportunity, " contact ", words, " </dev/null"));
  }
  // Who has still to do it.
  std::vector<std::string> Waiting(const std::string& name) {
    contact::v1::GetErasureRequest request;
    request.set_name(name);
    const contact::v1::Erasure erasure = Call(request).erasure();
    std::vector<std::string> waiting;
    for (const auto& part : erasure.parts()) {
      if (!part.has_complete_time()) waiting.push_back(part.service());
    }
    EXPECT_EQ(waiting.empty(), erasure.has_complete_time());
    return waiting;
  }
  bool AwaitWaiting(const std::string& name, const std::vector<std::string>& services) {
    return Await(kLong, [&] { return Waiting(name) == services; });
  }
  bool Holds(const std::string& service) { return absl::StrContains(Dump(service), kCanary); }

  // Whether a session of the service waits for a lock.
  bool WaitsForLock(const std::string& role) {
    return Sql(absl::StrCat("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '",
                            database_, "' AND usename = 'crm_", role,
                            "_app' AND wait_event_type = 'Lock'")) == "t";
  }
};

TEST_F(ErasureFaultTest, LeaveNothingWhateverIsAwayOrDies) {
  const std::string organization = Contact(false);
  const std::string person = Person(true);
  const std::string bystander = Person(false);  // its account is its own
  // What an account tells beside its name.
  Sql(absl::StrCat("UPDATE crm_contact.account SET close_note = '", kCanary,
                   "', attributes = '{\"said\": \"", kCanary, "\"}' WHERE customer = '",
                   bystander.substr(9), "'"));
  ASSERT_THAT(Unplanted(), IsEmpty());
  EXPECT_GE(Places().size(), 6u) << "rows and stored answers of each service are looked at";
  EXPECT_THAT(Told(), IsEmpty()) << "nobody was erased, and nothing of anybody was told";
  const std::string figures = Figures();

  // The lead service is away.
  End(Service::kLead, SIGTERM);
  Erase(person);
  EXPECT_TRUE(AwaitWaiting(person, {"lead"}));
  EXPECT_TRUE(Holds("lead"));

  // It comes back and dies in the middle of it.
  auto held = Hold("crm_lead.lead");
  The(Service::kLead).Start();
  EXPECT_TRUE(Await(kLong, [&] { return WaitsForLock("lead"); }));
  EXPECT_THAT(Waiting(person), ElementsAre("lead"));
  End(Service::kLead, SIGKILL);
  Release(std::move(held));
  EXPECT_THAT(Waiting(person), ElementsAre("lead"));
  The(Service::kLead).Start();
  EXPECT_TRUE(AwaitWaiting(person, {}));

  // Contact dies after it has committed and before anybody knows, opportunity in the middle of it.
  held = Hold("crm_opportunity.opportunity");
  redis_.Pause();
  Erase(bystander);
  End(Service::kContact, SIGKILL);
  redis_.Resume();
  The(Service::kContact).Start();
  EXPECT_TRUE(Await(kLong, [&] { return WaitsForLock("opportunity"); }));
  End(Service::kOpportunity, SIGKILL);
  Release(std::move(held));
  The(Service::kOpportunity).Start();
  EXPECT_TRUE(AwaitWaiting(bystander, {}));

  // The contact service dies before it has committed: nothing is erased, nothing is said.
  held = Hold("crm_contact.contact");
  contact::v1::EraseContactRequest request;
  request.set_name(organization);
  request.set_reason(contact::v1::ERASURE_REASON_OTHER);
  EXPECT_FALSE(client_.Call(request, absl::Seconds(1)).ok());
  End(Service::kContact, SIGKILL);
  Release(std::move(held));
  The(Service::kContact).Start();
  EXPECT_TRUE(Holds("contact"));
  const struct Outcome shown = Crmctl("erase " + organization + " --dry-run");
  EXPECT_EQ(shown.code, 0) << shown.output;
  EXPECT_TRUE(absl::StrContains(shown.output, "1 e-mail addresses")) << shown.output;
  EXPECT_EQ(Crmctl("erase " + organization).code, 2) << "nobody says yes";
  EXPECT_TRUE(Holds("contact"));
  const struct Outcome erased = Crmctl("erase " + organization + " --yes --reason OTHER");
  EXPECT_EQ(erased.code, 0) << erased.output;
  EXPECT_EQ(Crmctl("erasure " + organization).code, 0);
  EXPECT_TRUE(AwaitWaiting(organization, {}));

  EXPECT_THAT(Places(), IsEmpty());
  EXPECT_EQ(Figures(), figures);
}

}  // namespace
}  // namespace crm::testing
