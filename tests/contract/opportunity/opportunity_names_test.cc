#include <gtest/gtest.h>

#include <set>
#include <string>

#include "crm/opportunity/v1/opportunity.pb.h"
#include "crm/opportunity/v1/pipeline.pb.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/store/opportunity_fields.h"
#include "tests/support/published_fields.h"
#include "tests/support/published_names.h"

namespace crm::opportunity {
namespace {

TEST(Names, AreThoseOfTheInterface) {
  crm::testing::ExpectPublishedNames(kStageTypeNames, v1::StageType_descriptor());
  crm::testing::ExpectPublishedNames(kForecastCategoryNames, v1::ForecastCategory_descriptor());
  crm::testing::ExpectPublishedNames(kLossReasonNames, v1::LossReason_descriptor());
  crm::testing::ExpectPublishedNames(kGateKindNames, v1::GateKind_descriptor());
  crm::testing::ExpectPublishedNames(kLeadSourceNames, type::v1::LeadSource_descriptor());
  crm::testing::ExpectPublishedNames(kBuyingRoleNames, type::v1::BuyingRole_descriptor());
}

// What a gate can ask to be set: fields that clients set and that can be empty.
TEST(Names, FieldsOfGatesAreThoseThatClientsSet) {
  const std::set<std::string> others = {
      // Of the server.
      "name", "etag", "stage", "stage_type", "stage_version", "probability_manual",
      "forecast_category_manual", "loss_reason", "loss_note", "open_time", "close_time",
      "stage_enter_time", "create_time", "update_time", "delete_time", "cloned_from",
      // Never empty.
      "contact", "pipeline", "probability", "forecast_category"};
  std::set<std::string> settable;
  const auto* const published = v1::Opportunity::descriptor();
  for (int i = 0; i < published->field_count(); ++i) {
    if (!others.contains(published->field(i)->name())) settable.insert(published->field(i)->name());
  }
  std::set<std::string> known;
  for (const GateField& field : GateFields()) known.emplace(field.name);
  EXPECT_EQ(known, settable);
}

TEST(FieldHistory, HasARowForEveryFieldOfTheInterface) {
  crm::testing::ExpectEveryFieldHasItsRow(OpportunityFieldTable(), v1::Opportunity::descriptor());
}

}  // namespace
}  // namespace crm::opportunity
