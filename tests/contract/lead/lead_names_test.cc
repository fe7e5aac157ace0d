#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "crm/lead/v1/activity.pb.h"
#include "crm/lead/v1/assessment.pb.h"
#include "crm/lead/v1/lead.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

// The domain's enums have the numbers of the interface, and its names without their prefix.
template <class E, size_t kRows>
void ExpectSame(const google::protobuf::EnumDescriptor* published, const std::string& prefix,
                const base::EnumName<E> (&names)[kRows]) {
  ASSERT_EQ(static_cast<size_t>(published->value_count()), kRows) << published->name();
  for (int i = 0; i < published->value_count(); ++i) {
    EXPECT_EQ(published->value(i)->number(), static_cast<int>(names[i].value));
    EXPECT_EQ(published->value(i)->name(), absl::StrCat(prefix, "_", names[i].name));
  }
}

TEST(Names, AreThoseOfTheInterface) {
  ExpectSame(v1::LeadState_descriptor(), "LEAD_STATE", kLeadStateNames);
  ExpectSame(v1::LeadSource_descriptor(), "LEAD_SOURCE", kLeadSourceNames);
  ExpectSame(type::v1::BuyingRole_descriptor(), "BUYING_ROLE", kBuyingRoleNames);
  ExpectSame(v1::DisqualifyReason_descriptor(), "DISQUALIFY_REASON", kDisqualifyReasonNames);
  ExpectSame(v1::ConversionState_descriptor(), "CONVERSION_STATE", kConversionStateNames);
  ExpectSame(v1::Criterion_descriptor(), "CRITERION", kCriterionNames);
  ExpectSame(v1::Finding_descriptor(), "FINDING", kFindingNames);
  ExpectSame(v1::EvidenceSource_descriptor(), "EVIDENCE_SOURCE", kEvidenceSourceNames);
  ExpectSame(v1::BudgetStatus_descriptor(), "BUDGET_STATUS", kBudgetStatusNames);
  ExpectSame(v1::VerdictOutcome_descriptor(), "VERDICT_OUTCOME", kVerdictOutcomeNames);
  ExpectSame(v1::ActivityType_descriptor(), "ACTIVITY_TYPE", kActivityTypeNames);
  ExpectSame(v1::ActivityDirection_descriptor(), "ACTIVITY_DIRECTION", kActivityDirectionNames);
}

}  // namespace
}  // namespace crm::lead
