// The employer that a conversion gives the contact of its lead.

#include <gmock/gmock.h>

#include "common/error/error.h"
#include "tests/unit/lead/conversion_fixture.h"

namespace crm::lead {
namespace {

using ::testing::SizeIs;

class EmployerTest : public ConversionTest {
 protected:
  ConversionCall CallWithEmployer() {
    ConversionCall call = Call();
    call.plan.employer.emplace().display_name = "Acme";
    call.plan.employer->domain = "acme.example";
    return call;
  }
};

TEST_F(EmployerTest, ComesAfterTheOpportunityAndBeforeTheEnd) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(CallWithEmployer()).ok());
  EXPECT_THAT(employers_.orders(), SizeIs(0)) << "nothing to take back if it is refused";
  opener_.SetMode(Mode::kNormal);
  EXPECT_EQ(*Convert(CallWithEmployer()), Expected());
  ASSERT_THAT(employers_.orders(), SizeIs(1));
  const EmploymentOrder order = employers_.orders()[0];
  EXPECT_EQ(order.tenant, "acme");
  EXPECT_EQ(order.contact, Stored().contact);
  EXPECT_EQ(order.conversion, Stored().conversion->id);
  EXPECT_EQ(order.employer, *CallWithEmployer().plan.employer);
  EXPECT_EQ(*Convert(CallWithEmployer()), Expected());
  EXPECT_THAT(employers_.orders(), SizeIs(1)) << "a finished one asks for nothing more";
}

TEST_F(EmployerTest, IsGivenToNobodyIfTheOpportunityIsRefused) {
  opener_.SetMode(Mode::kRefusing);
  EXPECT_EQ(error::ReasonOf(Convert(CallWithEmployer()).status()), "CONVERSION_REFUSED");
  EXPECT_THAT(employers_.orders(), SizeIs(0));
}

TEST_F(EmployerTest, IsAskedForAgainUntilTheContactServiceAnswers) {
  employers_.Answer({Opening::kUnknown, "UNAVAILABLE"});
  EXPECT_EQ(error::ReasonOf(Convert(CallWithEmployer()).status()), "NEIGHBOUR_UNAVAILABLE");
  EXPECT_EQ(Stored().state, LeadState::kConverting);
  EXPECT_EQ(conversion_store_.postponed.back().error, "UNAVAILABLE");
  employers_.Answer({Opening::kOpened, ""});
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 1);
  ExpectConvertedOnce();
  ASSERT_THAT(employers_.orders(), SizeIs(2));
  EXPECT_EQ(employers_.orders()[0].conversion, employers_.orders()[1].conversion);
}

TEST_F(EmployerTest, ThatCannotBeGivenHoldsNothingUp) {
  employers_.Answer({Opening::kRefused, "REFERENCE_NOT_FOUND"});
  EXPECT_EQ(*Convert(CallWithEmployer()), Expected());
  ExpectConvertedOnce();
}

TEST_F(EmployerTest, IsNotWaitedForByWhoIsGivenUp) {
  employers_.Answer({Opening::kFaulty, "PERMISSION_DENIED"});
  EXPECT_FALSE(Convert(CallWithEmployer()).ok());
  MakeDue();
  conversion_store_.due.back().given_up = true;
  EXPECT_EQ(*conversions_.CompleteDue(10), 1);
  ExpectConvertedOnce();
}

TEST_F(EmployerTest, OthersAskForNone) {
  EXPECT_EQ(*Convert(Call()), Expected());
  EXPECT_THAT(employers_.orders(), SizeIs(0));
}

}  // namespace
}  // namespace crm::lead
