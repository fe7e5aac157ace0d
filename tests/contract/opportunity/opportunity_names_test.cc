#include <gtest/gtest.h>

#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/opportunity/domain/opportunity.h"
#include "tests/support/published_names.h"

namespace crm::opportunity {
namespace {

TEST(Names, AreThoseOfTheInterface) {
  crm::testing::ExpectPublishedNames(kStageTypeNames, v1::StageType_descriptor());
  crm::testing::ExpectPublishedNames(kForecastCategoryNames, v1::ForecastCategory_descriptor());
  crm::testing::ExpectPublishedNames(kLossReasonNames, v1::LossReason_descriptor());
}

}  // namespace
}  // namespace crm::opportunity
