#include "services/opportunity/domain/opportunity_attachment.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/opportunity/domain/opportunity_rules.h"

namespace crm::opportunity {
namespace {

constexpr size_t kMostAttributes = 50;

ContactRole* RoleOf(Opportunity& opportunity, const base::Uuid& contact) {
  for (ContactRole& role : opportunity.contact_roles) {
    if (role.contact == contact) return &role;
  }
  return nullptr;
}

absl::Status CheckAttachable(Opportunity& opportunity, const LeadFacts& lead) {
  CRM_RETURN_IF_ERROR(CheckLive(opportunity));
  if (opportunity.lead) {
    return error::Error(absl::StatusCode::kFailedPrecondition, "OTHER_LEAD",
                        "The opportunity came from another lead.")
        .With("resource", NameOf(opportunity))
        .With("lead", absl::StrCat("leads/", opportunity.lead->ToString()));
  }
  if (opportunity.stage_type != StageType::kOpen) {
    return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                               "A lead is attached to an open opportunity only.");
  }
  const base::Uuid& contact = lead.offered.contact;
  const bool same_customer = opportunity.contact == contact ||
                             opportunity.contact == lead.organization ||
                             RoleOf(opportunity, contact) != nullptr;
  if (same_customer) return absl::OkStatus();
  return error::Error(absl::StatusCode::kFailedPrecondition, "OTHER_CUSTOMER",
                      "The opportunity is of another customer than the lead.")
      .With("resource", NameOf(opportunity))
      .With("contact", absl::StrCat("contacts/", contact.ToString()));
}

// Of everything that can be empty.
template <class T>
void Fill(const T& offered, T& field) {
  if (field == T()) field = offered;
}

void FillRoles(const Opportunity& offered, Opportunity& opportunity) {
  Fill(offered.contact_roles, opportunity.contact_roles);
  ContactRole* const role = RoleOf(opportunity, offered.contact);
  if (role == nullptr || role->role != BuyingRole::kUnknown) return;
  for (const ContactRole& known : offered.contact_roles) {
    if (known.contact == offered.contact) role->role = known.role;
  }
}

void FillAttributes(const Opportunity& offered, Opportunity& opportunity) {
  for (const auto& [key, value] : offered.attributes) {
    if (opportunity.attributes.size() >= kMostAttributes) return;
    opportunity.attributes.try_emplace(key, value);
  }
}

}  // namespace

absl::Status Attach(Opportunity& opportunity, const LeadFacts& lead) {
  const Opportunity& offered = lead.offered;
  if (opportunity.lead == offered.lead) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(CheckAttachable(opportunity, lead));
  opportunity.lead = offered.lead;
  Fill(offered.owner, opportunity.owner);
  Fill(offered.external_id, opportunity.external_id);
  if (opportunity.line_items.empty()) Fill(offered.amount, opportunity.amount);
  Fill(offered.expected_close_date, opportunity.expected_close_date);
  Fill(offered.needs, opportunity.needs);
  Fill(offered.interests, opportunity.interests);
  Fill(offered.lead_source, opportunity.lead_source);
  FillRoles(offered, opportunity);
  FillAttributes(offered, opportunity);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
