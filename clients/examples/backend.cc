// A backend that walks one customer from first contact to account. Addresses come from
// CRM_CONTACT_ADDRESS, CRM_LEAD_ADDRESS and CRM_OPPORTUNITY_ADDRESS; with CRM_TLS_CA it speaks TLS,
// with CRM_TOKEN_FILE it shows the token that is in there at the time.

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <cstdlib>

#include "clients/cpp/client.h"
#include "clients/cpp/error_text.h"
#include "common/base/status.h"
#include "common/tls/credentials.h"

namespace crm::examples {
namespace {

using client::Client;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

absl::StatusOr<std::string> MeetCustomer(const Client& client) {
  contact::v1::CreateContactRequest company;
  company.mutable_contact()->set_display_name("Harbour Sails");
  company.mutable_contact()->mutable_organization()->set_industry("technical textiles");
  CRM_ASSIGN_OR_RETURN(const auto organization, client.Call(company));

  contact::v1::CreateContactRequest someone;
  someone.mutable_contact()->mutable_person()->set_given_name("Nora");
  someone.mutable_contact()->mutable_person()->set_family_name("Field");
  someone.mutable_contact()->add_employments()->set_organization(organization.contact().name());
  CRM_ASSIGN_OR_RETURN(const auto person, client.Call(someone));
  std::printf("contact      %s\n", person.contact().name().c_str());
  return person.contact().name();
}

absl::Status Assess(const Client& client, const std::string& lead, lead::v1::Criterion criterion) {
  lead::v1::AssessCriterionRequest request;
  request.set_name(lead);
  request.mutable_assessment()->set_criterion(criterion);
  request.mutable_assessment()->set_finding(lead::v1::FINDING_MET);
  request.mutable_assessment()->set_source(lead::v1::EVIDENCE_SOURCE_CALL);
  return client.Call(request).status();
}

absl::StatusOr<std::string> QualifyLead(const Client& client, const std::string& contact) {
  lead::v1::CreateLeadRequest create;
  create.mutable_lead()->set_contact(contact);
  create.mutable_lead()->set_source(type::v1::LEAD_SOURCE_REFERRAL);
  create.mutable_lead()->set_buying_role(type::v1::BUYING_ROLE_DECISION_MAKER);
  create.mutable_lead()->add_interests("Loom 200");
  create.mutable_first_activity()->set_type(lead::v1::ACTIVITY_TYPE_CALL);
  create.mutable_first_activity()->set_direction(lead::v1::ACTIVITY_DIRECTION_OUTBOUND);
  CRM_ASSIGN_OR_RETURN(const auto created, client.Call(create));
  const std::string lead = created.lead().name();
  for (const auto criterion :
       {lead::v1::CRITERION_NEED, lead::v1::CRITERION_ABILITY, lead::v1::CRITERION_MARKET_PRESENCE,
        lead::v1::CRITERION_TIMEFRAME}) {
    CRM_RETURN_IF_ERROR(Assess(client, lead, criterion));
  }
  lead::v1::QualifyLeadRequest qualify;
  qualify.set_name(lead);
  CRM_ASSIGN_OR_RETURN(const auto qualified, client.Call(qualify));
  std::printf("lead         %s  score %d\n", lead.c_str(), qualified.lead().verdict().score());
  return lead;
}

absl::StatusOr<std::string> Convert(const Client& client, const std::string& lead) {
  lead::v1::ConvertLeadRequest request;
  request.set_name(lead);
  request.set_opportunity_display_name("Harbour Sails: two looms");
  request.mutable_amount()->set_currency_code("EUR");
  request.mutable_amount()->set_amount_minor(9'600'000);
  CRM_ASSIGN_OR_RETURN(const auto converted, client.Call(request));
  std::printf("opportunity  %s\n", converted.opportunity().c_str());
  return converted.opportunity();
}

absl::Status Win(const Client& client, const std::string& opportunity) {
  opportunity::v1::WinOpportunityRequest request;
  request.set_name(opportunity);
  const auto too_early = client.Call(request);
  std::printf("winning it at once is refused:\n  %s\n",
              client::ManyLines(too_early.status()).c_str());
  request.set_override_reason("signed on paper last week");
  CRM_ASSIGN_OR_RETURN(const auto won, client.Call(request));
  std::printf("won          %s\n", won.opportunity().stage().c_str());
  return absl::OkStatus();
}

// The account follows from the win's stage event, so it is there some milliseconds later.
absl::Status WaitForAccount(const Client& client, const std::string& contact) {
  contact::v1::GetContactRequest get;
  get.set_name(contact);
  CRM_ASSIGN_OR_RETURN(const auto person, client.Call(get));
  contact::v1::ListAccountsRequest list;
  list.set_filter(absl::StrCat("customer = ", person.contact().employments(0).organization()));
  for (const absl::Time limit = absl::Now() + absl::Seconds(20); absl::Now() < limit;
       absl::SleepFor(absl::Milliseconds(20))) {
    CRM_ASSIGN_OR_RETURN(const auto accounts, client.Call(list));
    if (accounts.accounts().empty()) continue;
    std::printf("account      %s  %s\n", accounts.accounts(0).name().c_str(),
                accounts.accounts(0).display_name().c_str());
    return absl::OkStatus();
  }
  return absl::DeadlineExceededError("no account appeared");
}

absl::StatusOr<Client> Connect() {
  const client::Addresses addresses{Environment("CRM_CONTACT_ADDRESS"),
                                    Environment("CRM_LEAD_ADDRESS"),
                                    Environment("CRM_OPPORTUNITY_ADDRESS")};
  client::Caller caller{.actor = "backend"};
  if (const std::string file = Environment("CRM_TOKEN_FILE"); !file.empty()) {
    CRM_ASSIGN_OR_RETURN(caller.token, client::Token::FromFile(file));
  }
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (const std::string authority = Environment("CRM_TLS_CA"); !authority.empty()) {
    CRM_ASSIGN_OR_RETURN(credentials, tls::ClientCredentials({"", "", authority}));
  }
  return Client::Connect(addresses, caller, credentials);
}

absl::Status Walk() {
  CRM_ASSIGN_OR_RETURN(const Client client, Connect());
  CRM_ASSIGN_OR_RETURN(const std::string contact, MeetCustomer(client));
  CRM_ASSIGN_OR_RETURN(const std::string lead, QualifyLead(client, contact));
  CRM_ASSIGN_OR_RETURN(const std::string opportunity, Convert(client, lead));
  CRM_RETURN_IF_ERROR(Win(client, opportunity));
  return WaitForAccount(client, contact);
}

}  // namespace
}  // namespace crm::examples

int main() {
  const absl::Status status = crm::examples::Walk();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", crm::client::ManyLines(status).c_str());
  return 1;
}
