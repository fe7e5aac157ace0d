#include "tests/e2e/walk.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "clients/cpp/error_text.h"

namespace crm::testing {
namespace {

template <class Request>
client::ResponseOf<Request> Do(const client::Client& client, const Request& request) {
  const auto response = client.Call(request);
  if (response.ok()) return *response;
  ADD_FAILURE() << client::ManyLines(response.status());
  return {};
}

void SetMoney(int64_t minor, type::v1::Money* money) {
  money->set_currency_code("USD");
  money->set_amount_minor(minor);
}

void SetDate(type::v1::Date* date) {
  date->set_year(2099);
  date->set_month(12);
  date->set_day(31);
}

void MakeContacts(const client::Client& client, const std::string& company, Walk& walk) {
  contact::v1::CreateContactRequest organization;
  organization.mutable_contact()->set_display_name(company);
  organization.mutable_contact()->mutable_organization()->set_industry("hardware");
  walk.organization = Do(client, organization).contact().name();

  contact::v1::CreateContactRequest person;
  person.mutable_contact()->mutable_person()->set_given_name("Ada");
  person.mutable_contact()->mutable_person()->set_family_name("of " + company);
  auto& employment = *person.mutable_contact()->add_employments();
  employment.set_organization(walk.organization);
  employment.set_job_title("Head of purchasing");
  walk.person = Do(client, person).contact().name();
}

void Assess(const client::Client& client, const std::string& lead, lead::v1::Criterion criterion) {
  lead::v1::AssessCriterionRequest request;
  request.set_name(lead);
  lead::v1::Assessment& assessment = *request.mutable_assessment();
  assessment.set_criterion(criterion);
  assessment.set_finding(lead::v1::FINDING_MET);
  assessment.set_observation("Said so on the phone.");
  assessment.set_source(lead::v1::EVIDENCE_SOURCE_CALL);
  if (criterion == lead::v1::CRITERION_TIMEFRAME) {
    const absl::CivilDay day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 30;
    assessment.mutable_expected_purchase_date()->set_year(static_cast<int>(day.year()));
    assessment.mutable_expected_purchase_date()->set_month(day.month());
    assessment.mutable_expected_purchase_date()->set_day(day.day());
  }
  Do(client, request);
}

void Qualify(const client::Client& client, Walk& walk) {
  lead::v1::CreateLeadRequest create;
  create.mutable_lead()->set_contact(walk.organization);
  create.mutable_lead()->set_owner("agent-7");
  create.mutable_lead()->set_buying_role(type::v1::BUYING_ROLE_DECISION_MAKER);
  create.mutable_first_activity()->set_type(lead::v1::ACTIVITY_TYPE_CALL);
  create.mutable_first_activity()->set_direction(lead::v1::ACTIVITY_DIRECTION_INBOUND);
  create.mutable_first_activity()->set_summary("Asked for a quotation.");
  const lead::v1::Lead lead = Do(client, create).lead();
  EXPECT_EQ(lead.state(), lead::v1::LEAD_STATE_WORKING);
  walk.lead = lead.name();
  for (const lead::v1::Criterion criterion :
       {lead::v1::CRITERION_NEED, lead::v1::CRITERION_ABILITY, lead::v1::CRITERION_MARKET_PRESENCE,
        lead::v1::CRITERION_TIMEFRAME}) {
    Assess(client, walk.lead, criterion);
  }
  lead::v1::QualifyLeadRequest qualify;
  qualify.set_name(walk.lead);
  EXPECT_EQ(Do(client, qualify).lead().state(), lead::v1::LEAD_STATE_QUALIFIED);

  lead::v1::ConvertLeadRequest convert;
  convert.set_name(walk.lead);
  convert.set_opportunity_display_name("100 workstations");
  const auto converted = Do(client, convert);
  EXPECT_EQ(converted.state(), lead::v1::CONVERSION_STATE_COMPLETED);
  EXPECT_EQ(converted.lead().state(), lead::v1::LEAD_STATE_CONVERTED);
  walk.opportunity = converted.opportunity();
}

void MeetGates(const client::Client& client, const Walk& walk, int64_t amount) {
  namespace v1 = opportunity::v1;
  v1::UpdateOpportunityRequest update;
  v1::Opportunity& opportunity = *update.mutable_opportunity();
  opportunity.set_name(walk.opportunity);
  SetMoney(amount, opportunity.mutable_amount());
  SetDate(opportunity.mutable_expected_close_date());
  v1::Need& need = *opportunity.add_needs();
  need.set_text("Replace the old workstations");
  need.set_strength(v1::NEED_STRENGTH_STRONG);
  need.mutable_confirm_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  need.set_confirmed_by("agent-7");
  opportunity.mutable_present_supplier()->set_status(v1::SUPPLIER_STATUS_NONE);
  opportunity.mutable_payment_terms()->set_status(v1::PAYMENT_TERMS_STATUS_AGREED);
  opportunity.mutable_payment_terms()->set_net_days(30);
  opportunity.mutable_contract()->set_status(v1::CONTRACT_STATUS_SIGNED);
  opportunity.mutable_contract()->mutable_sign_time()->set_seconds(
      absl::ToUnixSeconds(absl::Now()));
  v1::ContactRole& role = *opportunity.add_contact_roles();
  role.set_contact(walk.organization);
  role.set_role(type::v1::BUYING_ROLE_DECISION_MAKER);
  role.set_primary(true);
  Do(client, update);
}

}  // namespace

Walk WalkToSale(const client::Client& client, const std::string& company, int64_t amount) {
  Walk walk;
  MakeContacts(client, company, walk);
  Qualify(client, walk);
  MeetGates(client, walk, amount);
  for (const char* stage : {"needs_confirmed", "proposal", "payment_terms", "contract"}) {
    opportunity::v1::MoveOpportunityRequest move;
    move.set_name(walk.opportunity);
    move.set_stage(stage);
    EXPECT_EQ(Do(client, move).opportunity().stage(), stage);
  }
  opportunity::v1::WinOpportunityRequest win;
  win.set_name(walk.opportunity);
  EXPECT_EQ(Do(client, win).opportunity().stage_type(), opportunity::v1::STAGE_TYPE_WON);
  return walk;
}

}  // namespace crm::testing
