#include "services/opportunity/domain/gate_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace crm::opportunity {
namespace {

bool NeedConfirmed(const Opportunity& it, const Gate&, absl::Time) {
  return std::any_of(it.needs.begin(), it.needs.end(),
                     [](const Need& need) { return need.confirm_time.has_value(); });
}

bool StrongNeed(const Opportunity& it, const Gate&, absl::Time) {
  return std::any_of(it.needs.begin(), it.needs.end(),
                     [](const Need& need) { return need.strength == NeedStrength::kStrong; });
}

bool PrimaryContact(const Opportunity& it, const Gate&, absl::Time) {
  return std::any_of(it.contact_roles.begin(), it.contact_roles.end(),
                     [](const ContactRole& role) { return role.primary; });
}

bool SupplierReleased(const Opportunity& it, const Gate&, absl::Time) {
  return it.present_supplier.status == SupplierStatus::kNone ||
         it.present_supplier.status == SupplierStatus::kReleased;
}

bool HasRole(const Opportunity& it, BuyingRole wanted) {
  return std::any_of(it.contact_roles.begin(), it.contact_roles.end(),
                     [wanted](const ContactRole& role) { return role.role == wanted; });
}

bool FieldSet(const Opportunity& it, const Gate& gate, absl::Time) {
  for (const GateField& field : GateFields()) {
    if (field.name == gate.field) return field.set(it);
  }
  return false;
}

bool AttributeSet(const Opportunity& it, const Gate& gate, absl::Time) {
  const auto found = it.attributes.find(gate.attribute);
  return found != it.attributes.end() && !found->second.empty();
}

bool MinimumAmount(const Opportunity& it, const Gate& gate, absl::Time) {
  return it.amount && gate.minimum_amount && it.amount->currency == gate.minimum_amount->currency &&
         it.amount->minor >= gate.minimum_amount->minor;
}

// In the order of the enumeration.
constexpr GateRule kRules[] = {
    {GateKind::kNeedConfirmed, "need_confirmed", GateParameter::kNone,
     "At least one need is confirmed.", NeedConfirmed},
    {GateKind::kStrongNeed, "strong_need", GateParameter::kNone, "At least one need is strong.",
     StrongNeed},
    {GateKind::kAmount, "amount", GateParameter::kNone, "The amount is set.",
     [](const Opportunity& it, const Gate&, absl::Time) { return it.amount.has_value(); }},
    {GateKind::kExpectedCloseDate, "expected_close_date", GateParameter::kNone,
     "The expected close date is set.",
     [](const Opportunity& it, const Gate&, absl::Time) {
       return it.expected_close_date.has_value();
     }},
    {GateKind::kPrimaryContact, "primary_contact", GateParameter::kNone,
     "One of the contact roles is the primary one.", PrimaryContact},
    {GateKind::kSupplierReleased, "supplier_released", GateParameter::kNone,
     "The present supplier is released, or there is none.", SupplierReleased},
    {GateKind::kDecisionMaker, "decision_maker", GateParameter::kNone,
     "A decision maker is among the contact roles.",
     [](const Opportunity& it, const Gate&, absl::Time) {
       return HasRole(it, BuyingRole::kDecisionMaker);
     }},
    {GateKind::kPaymentTermsAgreed, "payment_terms_agreed", GateParameter::kNone,
     "The payment terms are agreed.",
     [](const Opportunity& it, const Gate&, absl::Time) {
       return it.payment_terms.status == PaymentTermsStatus::kAgreed;
     }},
    {GateKind::kContractSigned, "contract_signed", GateParameter::kNone, "The contract is signed.",
     [](const Opportunity& it, const Gate&, absl::Time) {
       return it.contract.status == ContractStatus::kSigned;
     }},
    {GateKind::kLossReason, "loss_reason", GateParameter::kNone, "The loss has a reason.",
     [](const Opportunity& it, const Gate&, absl::Time) { return it.loss_reason.has_value(); }},
    {GateKind::kFieldSet, "field_set", GateParameter::kField, "The field $ is set.", FieldSet},
    {GateKind::kAttributeSet, "attribute_set", GateParameter::kAttribute,
     "The custom attribute $ is set.", AttributeSet},
    {GateKind::kMinimumAmount, "minimum_amount", GateParameter::kAmount,
     "The amount is at least $ (currency, minor units).", MinimumAmount},
    {GateKind::kDaysInStage, "days_in_stage", GateParameter::kDays,
     "The opportunity has been in its stage for at least $ days.",
     [](const Opportunity& it, const Gate& gate, absl::Time at) {
       return at - it.stage_enter_time >= absl::Hours(24) * gate.days;
     }},
    {GateKind::kContactRole, "contact_role", GateParameter::kRole,
     "A contact with the part $ is among the contact roles.",
     [](const Opportunity& it, const Gate& gate, absl::Time) { return HasRole(it, gate.role); }},
};

constexpr GateField kFields[] = {
    {"display_name", [](const Opportunity& it) { return !it.display_name.empty(); }},
    {"owner", [](const Opportunity& it) { return !it.owner.empty(); }},
    {"lead", [](const Opportunity& it) { return it.lead.has_value(); }},
    {"lead_source",
     [](const Opportunity& it) { return it.lead_source != LeadSource::kUnspecified; }},
    {"external_id", [](const Opportunity& it) { return !it.external_id.empty(); }},
    {"amount", [](const Opportunity& it) { return it.amount.has_value(); }},
    {"expected_close_date",
     [](const Opportunity& it) { return it.expected_close_date.has_value(); }},
    {"needs", [](const Opportunity& it) { return !it.needs.empty(); }},
    {"present_supplier",
     [](const Opportunity& it) { return it.present_supplier != PresentSupplier(); }},
    {"payment_terms", [](const Opportunity& it) { return it.payment_terms != PaymentTerms(); }},
    {"contract", [](const Opportunity& it) { return it.contract != Contract(); }},
    {"contact_roles", [](const Opportunity& it) { return !it.contact_roles.empty(); }},
    {"interests", [](const Opportunity& it) { return !it.interests.empty(); }},
    {"line_items", [](const Opportunity& it) { return !it.line_items.empty(); }},
    {"competitors", [](const Opportunity& it) { return !it.competitors.empty(); }},
    {"next_step", [](const Opportunity& it) { return it.next_step != NextStep(); }},
    {"team", [](const Opportunity& it) { return !it.team.empty(); }},
    {"attributes", [](const Opportunity& it) { return !it.attributes.empty(); }},
};

std::string ParameterOf(const Gate& gate) {
  switch (RuleOf(gate.kind).parameter) {
    case GateParameter::kNone:
      break;
    case GateParameter::kField:
      return gate.field;
    case GateParameter::kAttribute:
      return gate.attribute;
    case GateParameter::kAmount:
      if (!gate.minimum_amount) break;
      return absl::StrCat(gate.minimum_amount->currency, ":", gate.minimum_amount->minor);
    case GateParameter::kDays:
      return absl::StrCat(gate.days);
    case GateParameter::kRole:
      return std::string(base::NameOf(kBuyingRoleNames, gate.role));
  }
  return "";
}

bool Checked(const Stage& stage, const Stage* from, const Stage& to) {
  const bool beyond = from == nullptr || stage.position > from->position;
  if (&stage == &to) return to.type != StageType::kOpen || beyond;
  return to.type != StageType::kLost && stage.type == StageType::kOpen && beyond &&
         (to.type == StageType::kWon || stage.position < to.position);
}

}  // namespace

absl::Span<const GateRule> GateRules() { return kRules; }

const GateRule& RuleOf(GateKind kind) { return kRules[static_cast<size_t>(kind) - 1]; }

std::string KeyOf(const Gate& gate) {
  const GateRule& rule = RuleOf(gate.kind);
  if (rule.parameter == GateParameter::kNone) return std::string(rule.key);
  return absl::StrCat(rule.key, ":", ParameterOf(gate));
}

std::string DemandOf(const Gate& gate) {
  return absl::StrReplaceAll(RuleOf(gate.kind).demand, {{"$", ParameterOf(gate)}});
}

bool Met(const Opportunity& opportunity, const Gate& gate, absl::Time at) {
  return RuleOf(gate.kind).met(opportunity, gate, at);
}

absl::Span<const GateField> GateFields() { return kFields; }

std::vector<GateCheck> CheckGates(const Opportunity& opportunity, const Pipeline& pipeline,
                                  const Stage* from, const Stage& to, absl::Time at) {
  std::vector<GateCheck> checks;
  for (const Stage& stage : pipeline.stages) {
    if (!Checked(stage, from, to)) continue;
    for (const Gate& gate : stage.gates) {
      checks.push_back({&stage, &gate, Met(opportunity, gate, at)});
    }
  }
  return checks;
}

std::string GateName(const GateCheck& check) {
  return absl::StrCat(check.stage->key, "/", KeyOf(*check.gate));
}

bool Leads(const Stage& from, const Stage& to) {
  return from.next_stages.empty() || from.key == to.key ||
         std::count(from.next_stages.begin(), from.next_stages.end(), to.key) > 0;
}

}  // namespace crm::opportunity
