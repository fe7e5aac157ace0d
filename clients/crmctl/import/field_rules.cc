#include "clients/crmctl/import/mapping.h"

namespace crm::crmctl {

const char* NameOf(Entity entity) {
  static constexpr const char* kNames[] = {"organization", "person", "deal"};
  return kNames[static_cast<int>(entity)];
}

const std::vector<FieldRule>& FieldsOf(Entity entity) {
  using enum FieldKind;
  static const std::vector<FieldRule> kOrganization = {
      {"display_name", kText, 200, true},
      {"industry", kText, 200, false},
      {"employee_count", kWhole, 2147483647, false},
      {"annual_revenue", kMoney, 0, false},
      {"founded_year", kYear, 9999, false},
      {"location", kText, 200, false},
      {"parent", kReference, 0, false},
      {"domain", kText, 253, false},
      {"email", kText, 254, false},
      {"phone", kText, 50, false},
      {"owner", kText, 128, false},
      {"effective", kDate, 0, false}};
  static const std::vector<FieldRule> kPerson = {
      {"display_name", kText, 200, false}, {"given_name", kText, 200, false},
      {"family_name", kText, 200, false},  {"job_title", kText, 200, false},
      {"department", kText, 200, false},   {"organization", kReference, 0, false},
      {"email", kText, 254, false},        {"phone", kText, 50, false},
      {"owner", kText, 128, false},        {"effective", kDate, 0, false}};
  static const std::vector<FieldRule> kDeal = {
      {"stage", kStage, 0, true},        {"owner", kText, 128, false},
      {"interest", kText, 200, false},   {"organization", kReference, 0, false},
      {"contact", kReference, 0, false}, {"contact_name", kText, 200, false},
      {"title", kText, 200, false},      {"opened", kDate, 0, false},
      {"closed", kDate, 0, false},       {"amount", kMoney, 0, false},
      {"source", kWord, 0, false},       {"source_detail", kText, 200, false},
      {"buying_role", kWord, 0, false},  {"loss_reason", kWord, 0, false}};
  if (entity == Entity::kOrganization) return kOrganization;
  return entity == Entity::kPerson ? kPerson : kDeal;
}

}  // namespace crm::crmctl
