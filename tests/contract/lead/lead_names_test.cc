#include <gtest/gtest.h>

#include "crm/lead/v1/activity.pb.h"
#include "crm/lead/v1/assessment.pb.h"
#include "crm/lead/v1/assignment.pb.h"
#include "crm/lead/v1/lead.pb.h"
#include "services/lead/domain/assignment_rules.h"
#include "services/lead/domain/lead.h"
#include "services/lead/store/lead_fields.h"
#include "tests/support/published_fields.h"
#include "tests/support/published_names.h"

namespace crm::lead {
namespace {

using ::crm::testing::ExpectPublishedNames;

TEST(Names, AreThoseOfTheInterface) {
  ExpectPublishedNames(kLeadStateNames, v1::LeadState_descriptor());
  ExpectPublishedNames(kLeadSourceNames, type::v1::LeadSource_descriptor());
  ExpectPublishedNames(kBuyingRoleNames, type::v1::BuyingRole_descriptor());
  ExpectPublishedNames(kDisqualifyReasonNames, v1::DisqualifyReason_descriptor());
  ExpectPublishedNames(kConversionStateNames, v1::ConversionState_descriptor());
  ExpectPublishedNames(kAssignmentWayNames, v1::AssignmentWay_descriptor());
  ExpectPublishedNames(kCriterionNames, v1::Criterion_descriptor());
  ExpectPublishedNames(kFindingNames, v1::Finding_descriptor());
  ExpectPublishedNames(kEvidenceSourceNames, v1::EvidenceSource_descriptor());
  ExpectPublishedNames(kBudgetStatusNames, v1::BudgetStatus_descriptor());
  ExpectPublishedNames(kVerdictOutcomeNames, v1::VerdictOutcome_descriptor());
  ExpectPublishedNames(kActivityTypeNames, v1::ActivityType_descriptor());
  ExpectPublishedNames(kActivityDirectionNames, v1::ActivityDirection_descriptor());
}

TEST(FieldHistory, HasARowForEveryFieldOfTheInterface) {
  crm::testing::ExpectEveryFieldHasItsRow(LeadFieldTable(), v1::Lead::descriptor(),
                                          {"conversion_state", "conversion_refusal"},
                                          {"response_duration"});
}

}  // namespace
}  // namespace crm::lead
