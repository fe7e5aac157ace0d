#include <gtest/gtest.h>

#include "crm/contact/v1/account.pb.h"
#include "crm/contact/v1/contact.pb.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact_state.h"
#include "services/contact/store/contact_fields.h"
#include "tests/support/published_fields.h"
#include "tests/support/published_names.h"

namespace crm::contact {
namespace {

using ::crm::testing::ExpectPublishedNames;

TEST(Names, AreThoseOfTheInterface) {
  ExpectPublishedNames(kLifecycleStageNames, v1::LifecycleStage_descriptor());
  ExpectPublishedNames(kAccountStatusNames, v1::AccountStatus_descriptor());
  ExpectPublishedNames(kAccountCloseReasonNames, v1::AccountCloseReason_descriptor());
  ExpectPublishedNames(kBuyingRoleNames, type::v1::BuyingRole_descriptor());
}

TEST(FieldHistory, HasARowForEveryFieldOfTheInterface) {
  crm::testing::ExpectEveryFieldHasItsRow(ContactFieldTable(), v1::Contact::descriptor(),
                                          {"stage_time"}, {"revision", "erase_time"});
  crm::testing::ExpectEveryFieldHasItsRow(AccountFieldTable(), v1::Account::descriptor(),
                                          {"stage_time"});
}

}  // namespace
}  // namespace crm::contact
