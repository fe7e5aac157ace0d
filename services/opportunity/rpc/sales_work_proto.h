#pragma once

#include <map>
#include <string>

#include "crm/opportunity/v1/line_item.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "crm/opportunity/v1/sales_work.pb.h"
#include "services/opportunity/domain/line_item.h"
#include "services/opportunity/domain/sales_work.h"

// Messages of line items and of what sellers keep ⇄ values. Messages are valid
// (sales_work_checks.h).
namespace crm::opportunity {

void ToProto(const LineItem& item, v1::LineItem& message);
void ToProto(const Competitor& competitor, v1::Competitor& message);
void ToProto(const NextStep& step, v1::NextStep& message);
void ToProto(const TeamMember& member, v1::TeamMember& message);

LineItem FromProto(const v1::LineItem& message);
Competitor FromProto(const v1::Competitor& message);
NextStep FromProto(const v1::NextStep& message);
TeamMember FromProto(const v1::TeamMember& message);
std::map<std::string, std::string> AttributesFrom(const v1::Opportunity& message);

}  // namespace crm::opportunity
