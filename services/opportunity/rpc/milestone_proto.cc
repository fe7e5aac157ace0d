#include "services/opportunity/rpc/milestone_proto.h"

#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::opportunity {

// Values of the domain are those of the messages, so that a cast maps them.
static_assert(static_cast<int>(NeedStrength::kStrong) == v1::NEED_STRENGTH_STRONG);
static_assert(static_cast<int>(SupplierStatus::kReleased) == v1::SUPPLIER_STATUS_RELEASED);
static_assert(static_cast<int>(PaymentTermsStatus::kAgreed) == v1::PAYMENT_TERMS_STATUS_AGREED);
static_assert(static_cast<int>(ContractStatus::kSigned) == v1::CONTRACT_STATUS_SIGNED);
static_assert(static_cast<int>(BuyingRole::kDecisionMaker) == type::v1::BUYING_ROLE_DECISION_MAKER);
static_assert(static_cast<int>(BuyingRole::kBlocker) == type::v1::BUYING_ROLE_BLOCKER);

void ToProto(const Need& need, v1::Need& message) {
  message.set_text(need.text);
  message.set_strength(static_cast<v1::NeedStrength>(need.strength));
  if (need.confirm_time) rpc::SetTime(*need.confirm_time, message.mutable_confirm_time());
  message.set_confirmed_by(need.confirmed_by);
}

void ToProto(const PresentSupplier& supplier, v1::PresentSupplier& message) {
  message.set_status(static_cast<v1::SupplierStatus>(supplier.status));
  message.set_display_name(supplier.display_name);
  if (supplier.release_date) rpc::SetDay(*supplier.release_date, message.mutable_release_date());
}

void ToProto(const PaymentTerms& terms, v1::PaymentTerms& message) {
  message.set_status(static_cast<v1::PaymentTermsStatus>(terms.status));
  if (terms.net_days) message.set_net_days(*terms.net_days);
  if (terms.instalments) message.set_instalments(*terms.instalments);
  message.set_text(terms.text);
}

void ToProto(const Contract& contract, v1::Contract& message) {
  message.set_status(static_cast<v1::ContractStatus>(contract.status));
  if (contract.send_time) rpc::SetTime(*contract.send_time, message.mutable_send_time());
  if (contract.sign_time) rpc::SetTime(*contract.sign_time, message.mutable_sign_time());
}

void ToProto(const ContactRole& role, v1::ContactRole& message) {
  message.set_contact(rpc::FormatName("contacts", role.contact));
  message.set_role(static_cast<type::v1::BuyingRole>(role.role));
  message.set_primary(role.primary);
}

Need FromProto(const v1::Need& message) {
  Need need;
  need.text = message.text();
  need.strength = static_cast<NeedStrength>(message.strength());
  if (message.has_confirm_time()) need.confirm_time = rpc::TimeFrom(message.confirm_time());
  need.confirmed_by = message.confirmed_by();
  return need;
}

PresentSupplier FromProto(const v1::PresentSupplier& message) {
  PresentSupplier supplier;
  supplier.status = static_cast<SupplierStatus>(message.status());
  supplier.display_name = message.display_name();
  if (message.has_release_date()) supplier.release_date = rpc::DayFrom(message.release_date());
  return supplier;
}

PaymentTerms FromProto(const v1::PaymentTerms& message) {
  PaymentTerms terms;
  terms.status = static_cast<PaymentTermsStatus>(message.status());
  if (message.has_net_days()) terms.net_days = message.net_days();
  if (message.has_instalments()) terms.instalments = message.instalments();
  terms.text = message.text();
  return terms;
}

Contract FromProto(const v1::Contract& message) {
  Contract contract;
  contract.status = static_cast<ContractStatus>(message.status());
  if (message.has_send_time()) contract.send_time = rpc::TimeFrom(message.send_time());
  if (message.has_sign_time()) contract.sign_time = rpc::TimeFrom(message.sign_time());
  return contract;
}

ContactRole FromProto(const v1::ContactRole& message) {
  return {rpc::ParseName(message.contact(), "contacts").value_or(base::Uuid()),
          static_cast<BuyingRole>(message.role()), message.primary()};
}

}  // namespace crm::opportunity
