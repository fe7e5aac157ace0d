#pragma once

#include "crm/opportunity/v1/milestone.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/opportunity/domain/milestone.h"

// Messages of milestones and contact roles ⇄ values. Messages are valid (opportunity_checks.h).
namespace crm::opportunity {

void ToProto(const Need& need, v1::Need& message);
void ToProto(const PresentSupplier& supplier, v1::PresentSupplier& message);
void ToProto(const PaymentTerms& terms, v1::PaymentTerms& message);
void ToProto(const Contract& contract, v1::Contract& message);
void ToProto(const ContactRole& role, v1::ContactRole& message);

Need FromProto(const v1::Need& message);
PresentSupplier FromProto(const v1::PresentSupplier& message);
PaymentTerms FromProto(const v1::PaymentTerms& message);
Contract FromProto(const v1::Contract& message);
ContactRole FromProto(const v1::ContactRole& message);

}  // namespace crm::opportunity
