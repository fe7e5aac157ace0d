#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/contact/rpc/account_handlers.h"
#include "services/contact/rpc/account_proto.h"
#include "services/contact/rpc/contact_filters.h"

namespace crm::contact {

void GetAccounts(const Ports& ports, Calls<v1::GetAccountRequest, v1::GetAccountResponse> calls) {
  using Get = rpc::Call<v1::GetAccountRequest, v1::GetAccountResponse>;
  serving::AnswerGets(
      absl::MakeConstSpan(serving::CallsThatAsk(calls, false)), serving::KeysIn(kAccounts),
      [&](absl::Span<const aggregate::Key> keys, base::Deadline deadline) {
        return ports.reads.GetSurvivingAccounts(keys, deadline);
      },
      [](Get& call, const Account& account) {
        ToProto(account, *call.response().mutable_account());
        std::string name = absl::AsciiStrToLower(call.request().name());
        if (name != AccountName(account.id)) {
          call.response().set_requested_name(std::move(name));
        }
        return absl::OkStatus();
      });
  serving::AnswerGetsAsOf(
      absl::MakeConstSpan(serving::CallsThatAsk(calls, true)), serving::KeysIn(kAccounts),
      [&](absl::Span<const aggregate::Key> keys, base::Deadline deadline) {
        return ports.reads.GetAccounts(keys, deadline);
      },
      [&ports](const auto&... what) { return ports.reads.AsOf(what...); },
      [](auto& call, const Account& account) {
        ToProto(account, *call.response().mutable_account());
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

absl::Status ListAccountRevisions(const Ports& ports, const rpc::CallContext& context,
                                  const v1::AccountServiceListRevisionsRequest& request,
                                  v1::AccountServiceListRevisionsResponse& response) {
  const aggregate::Key key = serving::KeyOf(context, request.name(), kAccounts);
  return serving::AnswerRevisions<v1::Account>(
      context, request, response,
      [&](int64_t after, int limit) {
        return ports.reads.AccountRevisions(key, after, limit, context.deadline);
      },
      [&] {
        return ports.reads.GetAccounts(absl::MakeConstSpan(&key, 1), context.deadline)[0].status();
      },
      [](const Account& account, v1::Account& message) { ToProto(account, message); });
}

}  // namespace crm::contact
