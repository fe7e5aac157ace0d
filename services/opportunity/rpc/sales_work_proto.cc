#include "services/opportunity/rpc/sales_work_proto.h"

#include "common/rpc/proto_values.h"

namespace crm::opportunity {

// Values of the domain are those of the messages, so that a cast maps them.
static_assert(static_cast<int>(CompetitorStatus::kChosen) == v1::COMPETITOR_STATUS_CHOSEN);

void ToProto(const LineItem& item, v1::LineItem& message) {
  message.set_product(item.product);
  message.set_quantity_thousandths(item.quantity);
  rpc::SetMoney(item.unit_price, message.mutable_unit_price());
  message.set_discount_per_mille(item.discount);
  if (const auto amount = AmountOf(item)) rpc::SetMoney(*amount, message.mutable_amount());
}

void ToProto(const Competitor& competitor, v1::Competitor& message) {
  message.set_display_name(competitor.display_name);
  message.set_status(static_cast<v1::CompetitorStatus>(competitor.status));
  message.set_note(competitor.note);
}

void ToProto(const NextStep& step, v1::NextStep& message) {
  message.set_text(step.text);
  if (step.due_date) rpc::SetDay(*step.due_date, message.mutable_due_date());
}

void ToProto(const TeamMember& member, v1::TeamMember& message) {
  message.set_actor(member.actor);
  message.set_role(member.role);
}

LineItem FromProto(const v1::LineItem& message) {
  return {message.product(), message.quantity_thousandths(), rpc::MoneyFrom(message.unit_price()),
          message.discount_per_mille()};
}

Competitor FromProto(const v1::Competitor& message) {
  return {message.display_name(), static_cast<CompetitorStatus>(message.status()), message.note()};
}

NextStep FromProto(const v1::NextStep& message) {
  NextStep step;
  step.text = message.text();
  if (message.has_due_date()) step.due_date = rpc::DayFrom(message.due_date());
  return step;
}

TeamMember FromProto(const v1::TeamMember& message) { return {message.actor(), message.role()}; }

std::map<std::string, std::string> AttributesFrom(const v1::Opportunity& message) {
  return {message.attributes().begin(), message.attributes().end()};
}

}  // namespace crm::opportunity
