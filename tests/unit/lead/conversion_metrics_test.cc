#include "services/lead/conversion/conversion_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/unit/lead/fake_conversion_store.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::testing::HasSubstr;
using testing::kStart;
using ::testing::Not;

class ConversionMetricsTest : public ::testing::Test {
 protected:
  metrics::Registry registry_;
  crm::testing::FakeClock clock_{kStart};
  testing::FakeConversionStore store_;
  ConversionMetrics metrics_{registry_, store_, clock_};
};

TEST_F(ConversionMetricsTest, EveryEnteredStateIsCounted) {
  metrics_.Entered(ConversionState::kStarted);
  metrics_.Entered(ConversionState::kStarted);
  metrics_.Entered(ConversionState::kCompensated);
  metrics_.Entered(ConversionState::kUnspecified);
  const std::string text = registry_.Text();
  EXPECT_THAT(text, HasSubstr("crm_conversions_entered_total{state=\"STARTED\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("crm_conversions_entered_total{state=\"COMPLETED\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("crm_conversions_entered_total{state=\"COMPENSATED\"} 1\n"));
}

TEST_F(ConversionMetricsTest, WhatIsPendingIsAskedOfTheStore) {
  EXPECT_THAT(registry_.Text(), Not(HasSubstr("oldest_pending")));
  store_.pending = PendingConversions{7, kStart - absl::Seconds(90), 3};
  metrics_.ShowPendingIfDue();
  EXPECT_THAT(registry_.Text(), HasSubstr("crm_conversions{state=\"STARTED\"} 7\n"));
  EXPECT_THAT(registry_.Text(), HasSubstr("crm_conversions{state=\"NEEDS_ATTENTION\"} 3\n"));
  EXPECT_THAT(registry_.Text(), HasSubstr("crm_conversion_oldest_pending_seconds 90\n"));
  store_.pending = PendingConversions{};
  metrics_.ShowPendingIfDue();
  EXPECT_THAT(registry_.Text(), HasSubstr("crm_conversions{state=\"STARTED\"} 7\n")) << "too soon";
}

TEST_F(ConversionMetricsTest, NothingPendingIsNoAge) {
  metrics_.ShowPendingIfDue();
  EXPECT_THAT(registry_.Text(), HasSubstr("crm_conversion_oldest_pending_seconds 0\n"));
}

TEST_F(ConversionMetricsTest, AStoreThatDoesNotTellLeavesNoFigureBehind) {
  store_.pending = absl::UnavailableError("away");
  metrics_.ShowPendingIfDue();
  EXPECT_THAT(registry_.Text(), Not(HasSubstr("crm_conversions{")));
}

}  // namespace
}  // namespace crm::lead
