#pragma once

#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"
#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {

using AccountStub = v1::AccountService::Stub;

class Accounts : public ContactServiceTest {
 protected:
  template <class Req, class Resp>
  absl::StatusOr<Resp> CallAccounts(grpc::Status (AccountStub::*method)(grpc::ClientContext*,
                                                                        const Req&, Resp*),
                                    const Req& request, const std::string& as = "") {
    return CallOn(Service().accounts(), method, request, as);
  }

  // An opportunity of the contact is won.
  void Win(const v1::Contact& contact, int64_t cents, const std::string& currency = "USD") {
    NeighbourMove move;
    move.thing = {tenant(), ThingKind::kOpportunity, ids_.New()};
    move.version = 2;
    move.state = ThingState::kWon;
    move.contact = *base::Uuid::Parse(contact.name().substr(9));
    move.amount = base::Money{currency, cents};
    move.effective_time = absl::Now();
    move.event_id = ids_.New();
    move.owner = "agent-9";
    const absl::Status status =
        pg::RunInTransaction(Service().pool(), pg::Tenants::All(), absl::Now() + absl::Seconds(20),
                             [&](pg::Transaction& transaction) {
                               LifecycleBatch batch(absl::Now(), ids_);
                               CRM_RETURN_IF_ERROR(LoadBatch(transaction, {move}, batch));
                               CRM_RETURN_IF_ERROR(batch.Apply(move));
                               return SaveBatch(transaction, absl::Now(), batch);
                             });
    ASSERT_TRUE(status.ok()) << status;
  }

  v1::Account AccountOf(const v1::Contact& customer) {
    const std::vector<v1::Account> found = List("customer = " + customer.name());
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? v1::Account() : found[0];
  }

  // By a mask of this one field.
  absl::StatusOr<v1::UpdateAccountResponse> Update(const v1::Account& account,
                                                   const std::string& field,
                                                   const std::string& request_id = "") {
    v1::UpdateAccountRequest request;
    *request.mutable_account() = account;
    request.mutable_update_mask()->add_paths(field);
    request.set_request_id(request_id);
    return CallAccounts(&AccountStub::UpdateAccount, request);
  }

  std::vector<v1::Account> List(const std::string& filter) {
    v1::ListAccountsRequest request;
    request.set_filter(filter);
    const auto response = CallAccounts(&AccountStub::ListAccounts, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    return {response->accounts().begin(), response->accounts().end()};
  }

  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
};

}  // namespace crm::contact::testing
