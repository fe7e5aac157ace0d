#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/aggregate/stored_json.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// The milestones, contact roles and interests as the JSON of column `details`; what is empty is
// left out, so that a bare opportunity has "{}".
std::string DetailsToJson(const Opportunity& opportunity);

// The reverse; false for what DetailsToJson cannot have made, which leaves the opportunity's
// details unspecified.
bool DetailsFromJson(absl::string_view json, Opportunity& opportunity);

// The same for line items, competitors and team, column `work`.
std::string WorkToJson(const Opportunity& opportunity);
bool WorkFromJson(absl::string_view json, Opportunity& opportunity);

// The parts of it, one by one. The reverse throws, as aggregate::ReadJson allows, on what ToJson
// cannot have made.
aggregate::Json ToJson(const Need& need);
aggregate::Json ToJson(const PresentSupplier& supplier);
aggregate::Json ToJson(const PaymentTerms& terms);
aggregate::Json ToJson(const Contract& contract);
aggregate::Json ToJson(const ContactRole& role);
aggregate::Json ToJson(const LineItem& item);
aggregate::Json ToJson(const Competitor& competitor);
aggregate::Json ToJson(const NextStep& step);
aggregate::Json ToJson(const TeamMember& member);
void FromJson(const aggregate::Json& json, Need& need);
void FromJson(const aggregate::Json& json, PresentSupplier& supplier);
void FromJson(const aggregate::Json& json, PaymentTerms& terms);
void FromJson(const aggregate::Json& json, Contract& contract);
void FromJson(const aggregate::Json& json, ContactRole& role);
void FromJson(const aggregate::Json& json, LineItem& item);
void FromJson(const aggregate::Json& json, Competitor& competitor);
void FromJson(const aggregate::Json& json, NextStep& step);
void FromJson(const aggregate::Json& json, TeamMember& member);

}  // namespace crm::opportunity
