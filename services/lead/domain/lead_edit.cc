#include "services/lead/domain/lead_edit.h"

#include "common/base/status.h"
#include "services/lead/domain/lead_moves.h"

namespace crm::lead {
namespace {

template <class T>
void Set(T& field, const std::optional<T>& value) {
  if (value.has_value()) field = *value;
}

}  // namespace

absl::Status Edit(Lead& lead, const LeadEdit& edit) {
  CRM_RETURN_IF_ERROR(CheckChangeable(lead));
  // How another owner came by the lead says nothing about this one.
  if (edit.owner.has_value() && *edit.owner != lead.owner) lead.assignment.reset();
  Set(lead.owner, edit.owner);
  Set(lead.source, edit.source);
  Set(lead.source_detail, edit.source_detail);
  Set(lead.interests, edit.interests);
  Set(lead.buying_role, edit.buying_role);
  Set(lead.external_id, edit.external_id);
  Set(lead.organization, edit.organization);
  Set(lead.next_step, edit.next_step);
  Set(lead.attributes, edit.attributes);
  return absl::OkStatus();
}

}  // namespace crm::lead
