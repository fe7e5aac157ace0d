#include <algorithm>

#include "clients/crmctl/import/mapping.h"

namespace crm::crmctl {
namespace {

using enum FieldKind;

std::vector<FieldRule> Joined(std::vector<FieldRule> first, const std::vector<FieldRule>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// What every deal, lead and opportunity has.
const std::vector<FieldRule> kSale = {
    {"stage", kStage, 0, true},         {"owner", kText, 128, false},
    {"interest", kTexts, 200, false},   {"organization", kReference, 0, false},
    {"contact", kReference, 0, false},  {"customer", kReference, 0, false},
    {"opened", kDate, 0, false},        {"closed", kClosing, 0, false},
    {"close_date", kClosing, 0, false}, {"modified", kDate, 0, false}};

// What comes with a lead.
const std::vector<FieldRule> kOfLead = {
    {"contact_name", kText, 200, false},  {"contact_email", kText, 254, false},
    {"contact_phone", kText, 50, false},  {"source", kWord, 0, false},
    {"source_detail", kText, 200, false}, {"buying_role", kWord, 0, false}};

const std::vector<FieldRule> kOfOpportunity = {
    {"title", kText, 200, false},           {"amount", kMoney, 0, false},
    {"expected_close", kDay, 0, false},     {"probability", kPercent, 100, false},
    {"forecast_category", kWord, 0, false}, {"loss_reason", kWord, 0, false},
    {"loss_note", kText, 4000, false}};

// Of an opportunity without a lead, which brings none of its own.
const std::vector<FieldRule> kOrigin = {{"source", kWord, 0, false},
                                        {"source_detail", kText, 200, false}};

const std::vector<FieldRule> kDisqualification = {{"disqualify_reason", kWord, 0, false},
                                                  {"disqualify_note", kText, 4000, false}};

}  // namespace

const FieldRule kAttributeRule = {"attributes", kText, 1000, false};

const char* NameOf(Entity entity) {
  static constexpr const char* kNames[] = {"organization", "person",  "deal",     "lead",
                                           "opportunity",  "account", "activity", "assessment"};
  return kNames[static_cast<int>(entity)];
}

const std::vector<FieldRule>& FieldsOf(Entity entity) {
  static const std::vector<FieldRule> kOrganization = {
      {"display_name", kText, 200, true},
      {"industry", kText, 200, false},
      {"employee_count", kWhole, 2147483647, false},
      {"annual_revenue", kMoney, 0, false},
      {"founded_year", kYear, 9999, false},
      {"location", kText, 200, false},
      {"parent", kReference, 0, false},
      {"domain", kText, 253, false},
      {"email", kTexts, 254, false},
      {"phone", kTexts, 50, false},
      {"owner", kText, 128, false},
      {"effective", kDate, 0, false},
      {"modified", kDate, 0, false}};
  static const std::vector<FieldRule> kPerson = {
      {"display_name", kText, 200, false}, {"given_name", kText, 200, false},
      {"family_name", kText, 200, false},  {"job_title", kText, 200, false},
      {"department", kText, 200, false},   {"organization", kReference, 0, false},
      {"email", kTexts, 254, false},       {"phone", kTexts, 50, false},
      {"owner", kText, 128, false},        {"effective", kDate, 0, false},
      {"modified", kDate, 0, false}};
  static const std::vector<FieldRule> kDeal =
      Joined(Joined(Joined(kSale, kOfLead), kOfOpportunity), kDisqualification);
  static const std::vector<FieldRule> kLead = Joined(Joined(kSale, kOfLead), kDisqualification);
  static const std::vector<FieldRule> kOpportunity = Joined(Joined(kSale, kOfOpportunity), kOrigin);
  static const std::vector<FieldRule> kAccount = {{"organization", kReference, 0, false},
                                                  {"contact", kReference, 0, false},
                                                  {"customer", kReference, 0, false},
                                                  {"owner", kText, 128, false},
                                                  {"members", kTexts, 200, false},
                                                  {"member_role", kWord, 0, false},
                                                  {"status", kWord, 0, false},
                                                  {"closed", kDate, 0, false},
                                                  {"close_reason", kWord, 0, false},
                                                  {"close_note", kText, 4000, false},
                                                  {"modified", kDate, 0, false}};
  static const std::vector<FieldRule> kActivity = {
      {"lead", kReference, 0, false}, {"deal", kReference, 0, false},
      {"type", kWord, 0, true},       {"direction", kWord, 0, false},
      {"occurred", kDate, 0, true},   {"summary", kText, 4000, false}};
  static const std::vector<FieldRule> kAssessment = {
      {"lead", kReference, 0, false},      {"deal", kReference, 0, false},
      {"criterion", kWord, 0, true},       {"finding", kWord, 0, true},
      {"observation", kText, 4000, false}, {"source", kWord, 0, false},
      {"observed", kDate, 0, false},       {"expected_purchase", kDay, 0, false},
      {"budget", kMoney, 0, false},        {"budget_status", kWord, 0, false}};
  switch (entity) {
    case Entity::kOrganization:
      return kOrganization;
    case Entity::kPerson:
      return kPerson;
    case Entity::kDeal:
      return kDeal;
    case Entity::kLead:
      return kLead;
    case Entity::kOpportunity:
      return kOpportunity;
    case Entity::kAccount:
      return kAccount;
    case Entity::kActivity:
      return kActivity;
    case Entity::kAssessment:
      return kAssessment;
  }
  return kDeal;
}

}  // namespace crm::crmctl
