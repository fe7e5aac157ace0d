#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "services/contact/rpc/account_handlers.h"
#include "services/contact/rpc/account_proto.h"
#include "services/contact/rpc/contact_filters.h"

namespace crm::contact {

void GetAccounts(const Ports& ports, Calls<v1::GetAccountRequest, v1::GetAccountResponse> calls) {
  serving::AnswerGets(
      calls, serving::KeysIn(kAccounts),
      [&](absl::Span<const aggregate::Key> keys, base::Deadline deadline) {
        return ports.reads.GetAccounts(keys, deadline);
      },
      [](auto& call, const Account& account) {
        ToProto(account, *call.response().mutable_account());
        return absl::OkStatus();
      });
}

absl::Status ListAccounts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListAccountsRequest& request,
                          v1::ListAccountsResponse& response) {
  return serving::AnswerList<Account>(
      context, request, response, AccountFields(), listing::kCreateTimeOrder<Account>,
      [&](const listing::Query& query) {
        return ports.reads.ListAccounts(query, context.deadline);
      },
      [&](const Account& account) -> const v1::Account& {
        v1::Account& message = *response.add_accounts();
        ToProto(account, message);
        return message;
      });
}

}  // namespace crm::contact
