#include "services/opportunity/rpc/opportunity_proto.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/opportunity/rpc/milestone_proto.h"
#include "services/opportunity/rpc/sales_work_proto.h"

namespace crm::opportunity {
namespace {

// Values of the domain are those of the messages, so that a cast maps them.
static_assert(static_cast<int>(StageType::kLost) == v1::STAGE_TYPE_LOST);
static_assert(static_cast<int>(ForecastCategory::kOmitted) == v1::FORECAST_CATEGORY_OMITTED);
static_assert(static_cast<int>(LeadSource::kOther) == type::v1::LEAD_SOURCE_OTHER);
static_assert(static_cast<int>(LossReason::kOther) == v1::LOSS_REASON_OTHER);

std::optional<base::Money> AmountFrom(const v1::Opportunity& message) {
  if (!message.has_amount()) return std::nullopt;
  return rpc::MoneyFrom(message.amount());
}

std::optional<absl::CivilDay> CloseDateFrom(const v1::Opportunity& message) {
  if (!message.has_expected_close_date()) return std::nullopt;
  return rpc::DayFrom(message.expected_close_date());
}

// The values of a repeated field.
template <class Messages>
auto ListFrom(const Messages& messages) {
  std::vector<decltype(FromProto(*messages.begin()))> values;
  values.reserve(messages.size());
  for (const auto& message : messages) values.push_back(FromProto(message));
  return values;
}

std::vector<std::string> InterestsFrom(const v1::Opportunity& message) {
  return {message.interests().begin(), message.interests().end()};
}

using Setter = void (*)(const v1::Opportunity&, OpportunityEdit&);

const absl::flat_hash_map<std::string, Setter>& Setters() {
  static const auto* const kSetters = new absl::flat_hash_map<std::string, Setter>{
      {"display_name",
       [](auto& from, OpportunityEdit& to) { to.display_name = from.display_name(); }},
      {"owner", [](auto& from, OpportunityEdit& to) { to.owner = from.owner(); }},
      {"external_id", [](auto& from, OpportunityEdit& to) { to.external_id = from.external_id(); }},
      {"amount", [](auto& from, OpportunityEdit& to) { to.amount.emplace(AmountFrom(from)); }},
      {"expected_close_date",
       [](auto& from, OpportunityEdit& to) {
         to.expected_close_date.emplace(CloseDateFrom(from));
       }},
      {"probability",
       [](auto& from, OpportunityEdit& to) { to.probability.emplace(ProbabilityFrom(from)); }},
      {"forecast_category",
       [](auto& from, OpportunityEdit& to) { to.category.emplace(CategoryFrom(from)); }},
      {"needs", [](auto& from, OpportunityEdit& to) { to.needs = ListFrom(from.needs()); }},
      {"present_supplier",
       [](auto& from, OpportunityEdit& to) {
         to.present_supplier = FromProto(from.present_supplier());
       }},
      {"payment_terms",
       [](auto& from, OpportunityEdit& to) { to.payment_terms = FromProto(from.payment_terms()); }},
      {"contract",
       [](auto& from, OpportunityEdit& to) { to.contract = FromProto(from.contract()); }},
      {"contact_roles",
       [](auto& from, OpportunityEdit& to) { to.contact_roles = ListFrom(from.contact_roles()); }},
      {"interests", [](auto& from, OpportunityEdit& to) { to.interests = InterestsFrom(from); }},
      {"line_items",
       [](auto& from, OpportunityEdit& to) { to.line_items = ListFrom(from.line_items()); }},
      {"competitors",
       [](auto& from, OpportunityEdit& to) { to.competitors = ListFrom(from.competitors()); }},
      {"next_step",
       [](auto& from, OpportunityEdit& to) { to.next_step = FromProto(from.next_step()); }},
      {"team", [](auto& from, OpportunityEdit& to) { to.team = ListFrom(from.team()); }},
      {"attributes", [](auto& from, OpportunityEdit& to) { to.attributes = AttributesFrom(from); }},
      {"lead_source",
       [](auto& from, OpportunityEdit& to) {
         to.lead_source = static_cast<LeadSource>(from.lead_source());
       }},
  };
  return *kSetters;
}

void SetStage(const Opportunity& it, v1::Opportunity& message) {
  message.set_pipeline(absl::StrCat("pipelines/", it.pipeline));
  message.set_stage(it.stage);
  message.set_stage_type(static_cast<v1::StageType>(it.stage_type));
  message.set_stage_version(it.stage_version);
  message.set_probability(it.probability);
  message.set_probability_manual(it.probability_manual);
  message.set_forecast_category(static_cast<v1::ForecastCategory>(it.category));
  message.set_forecast_category_manual(it.category_manual);
  if (it.loss_reason) message.set_loss_reason(static_cast<v1::LossReason>(*it.loss_reason));
  message.set_loss_note(it.loss_note);
  rpc::SetTime(it.open_time, message.mutable_open_time());
  if (it.close_time) rpc::SetTime(*it.close_time, message.mutable_close_time());
  rpc::SetTime(it.stage_enter_time, message.mutable_stage_enter_time());
}

// What is empty stays unset.
void SetMilestones(const Opportunity& it, v1::Opportunity& message) {
  for (const Need& need : it.needs) ToProto(need, *message.add_needs());
  if (it.present_supplier != PresentSupplier()) {
    ToProto(it.present_supplier, *message.mutable_present_supplier());
  }
  if (it.payment_terms != PaymentTerms()) {
    ToProto(it.payment_terms, *message.mutable_payment_terms());
  }
  if (it.contract != Contract()) ToProto(it.contract, *message.mutable_contract());
  for (const ContactRole& role : it.contact_roles) ToProto(role, *message.add_contact_roles());
}

void SetSalesWork(const Opportunity& it, v1::Opportunity& message) {
  for (const LineItem& item : it.line_items) ToProto(item, *message.add_line_items());
  for (const Competitor& each : it.competitors) ToProto(each, *message.add_competitors());
  if (it.next_step != NextStep()) ToProto(it.next_step, *message.mutable_next_step());
  for (const TeamMember& member : it.team) ToProto(member, *message.add_team());
  message.mutable_attributes()->insert(it.attributes.begin(), it.attributes.end());
}

}  // namespace

void ToProto(const Opportunity& it, v1::Opportunity& message) {
  message.set_name(NameOf(it));
  message.set_etag(absl::StrCat(it.revision));
  message.set_display_name(it.display_name);
  message.set_contact(rpc::FormatName("contacts", it.contact));
  if (it.lead) message.set_lead(rpc::FormatName("leads", *it.lead));
  message.set_lead_source(static_cast<type::v1::LeadSource>(it.lead_source));
  SetStage(it, message);
  message.set_owner(it.owner);
  if (it.amount) rpc::SetMoney(*it.amount, message.mutable_amount());
  if (it.expected_close_date) {
    rpc::SetDay(*it.expected_close_date, message.mutable_expected_close_date());
  }
  SetMilestones(it, message);
  for (const std::string& interest : it.interests) message.add_interests(interest);
  message.set_external_id(it.external_id);
  rpc::SetTime(it.create_time, message.mutable_create_time());
  rpc::SetTime(it.update_time, message.mutable_update_time());
  SetSalesWork(it, message);
  if (it.delete_time) rpc::SetTime(*it.delete_time, message.mutable_delete_time());
  if (it.cloned_from) message.set_cloned_from(OpportunityName(*it.cloned_from));
}

Opportunity FromProto(const v1::Opportunity& message) {
  Opportunity it;
  it.display_name = message.display_name();
  it.contact = rpc::ParseName(message.contact(), "contacts").value_or(base::Uuid());
  it.lead = rpc::ParseName(message.lead(), "leads");
  it.lead_source = static_cast<LeadSource>(message.lead_source());
  it.owner = message.owner();
  it.external_id = message.external_id();
  it.amount = AmountFrom(message);
  it.expected_close_date = CloseDateFrom(message);
  it.needs = ListFrom(message.needs());
  it.present_supplier = FromProto(message.present_supplier());
  it.payment_terms = FromProto(message.payment_terms());
  it.contract = FromProto(message.contract());
  it.contact_roles = ListFrom(message.contact_roles());
  it.interests = InterestsFrom(message);
  it.line_items = ListFrom(message.line_items());
  it.competitors = ListFrom(message.competitors());
  it.next_step = FromProto(message.next_step());
  it.team = ListFrom(message.team());
  it.attributes = AttributesFrom(message);
  return it;
}

OpportunityEdit EditFrom(const v1::Opportunity& message, const std::vector<std::string>& paths) {
  OpportunityEdit edit;
  for (const std::string& path : paths) {
    if (const auto setter = Setters().find(path); setter != Setters().end()) {
      setter->second(message, edit);
    }
  }
  return edit;
}

std::optional<int> ProbabilityFrom(const v1::Opportunity& message) {
  if (!message.has_probability()) return std::nullopt;
  return message.probability();
}

std::optional<ForecastCategory> CategoryFrom(const v1::Opportunity& message) {
  if (message.forecast_category() == v1::FORECAST_CATEGORY_UNSPECIFIED) return std::nullopt;
  return static_cast<ForecastCategory>(message.forecast_category());
}

}  // namespace crm::opportunity
