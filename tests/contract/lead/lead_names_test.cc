#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "crm/lead/v1/activity.pb.h"
#include "crm/lead/v1/assessment.pb.h"
#include "crm/lead/v1/lead.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

// The domain's enums have the numbers of the interface, and its names without their prefix.
template <class E>
void ExpectSame(const google::protobuf::EnumDescriptor* published, const std::string& prefix) {
  ASSERT_EQ(static_cast<size_t>(published->value_count()), CountOf<E>()) << published->name();
  for (int i = 0; i < published->value_count(); ++i) {
    EXPECT_EQ(published->value(i)->number(), i);
    EXPECT_EQ(published->value(i)->name(), prefix + "_" + std::string(Name(static_cast<E>(i))));
  }
}

TEST(Names, AreThoseOfTheInterface) {
  ExpectSame<LeadState>(v1::LeadState_descriptor(), "LEAD_STATE");
  ExpectSame<LeadSource>(v1::LeadSource_descriptor(), "LEAD_SOURCE");
  ExpectSame<BuyingRole>(type::v1::BuyingRole_descriptor(), "BUYING_ROLE");
  ExpectSame<DisqualifyReason>(v1::DisqualifyReason_descriptor(), "DISQUALIFY_REASON");
  ExpectSame<ConversionState>(v1::ConversionState_descriptor(), "CONVERSION_STATE");
  ExpectSame<Criterion>(v1::Criterion_descriptor(), "CRITERION");
  ExpectSame<Finding>(v1::Finding_descriptor(), "FINDING");
  ExpectSame<EvidenceSource>(v1::EvidenceSource_descriptor(), "EVIDENCE_SOURCE");
  ExpectSame<BudgetStatus>(v1::BudgetStatus_descriptor(), "BUDGET_STATUS");
  ExpectSame<VerdictOutcome>(v1::VerdictOutcome_descriptor(), "VERDICT_OUTCOME");
  ExpectSame<ActivityType>(v1::ActivityType_descriptor(), "ACTIVITY_TYPE");
  ExpectSame<ActivityDirection>(v1::ActivityDirection_descriptor(), "ACTIVITY_DIRECTION");
}

}  // namespace
}  // namespace crm::lead
